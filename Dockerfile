# The browser app and the server are built in one stage and shipped as one
# static binary that runs as nobody.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN make build VERSION=$VERSION \
 && mkdir -p /out/data /out/tmp /out/web && cp bin/millrace /out/ && cp build/web/app.wasm.gz /out/web/

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/millrace /millrace
COPY --from=build /out/web /web
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
USER 65532:65532
ENV MILLRACE_ADDR=0.0.0.0:8080 MILLRACE_DATA=/data MILLRACE_WEB=/web
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["/millrace", "health"]
ENTRYPOINT ["/millrace"]
CMD ["serve"]
