"use strict";
// The canvas's hands: it applies what Go decided, one call a frame, and collects
// pointer moves between two frames. It decides nothing.
//
// Go sends operations as text: one a line (split by U+001E), its words split by
// U+001F; see app/stage.go for the list.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  // Nothing moves when the system or the member says so.
  const calm = () => reduced.matches || document.documentElement.classList.contains("is-calm");

  function stage(root) {
    const grid = root.querySelector(".grid"), world = root.querySelector(".world");
    const connectors = root.querySelector(".connectors"), front = root.querySelector(".front");
    const cards = new Map(), lines = new Map(), labels = new Map();

    function html(text) {
      const t = document.createElement("template");
      t.innerHTML = text;
      const el = t.content.firstElementChild;
      for (const p of el.querySelectorAll("[data-x]")) p.style.left = p.dataset.x + "px";
      return el;
    }
    function put(map, layer, id, el) {
      const old = map.get(id);
      if (old) old.replaceWith(el); else if (layer === connectors) front.before(el); else layer.append(el);
      map.set(id, el);
    }
    function token(id, hue) {
      const line = lines.get(id);
      if (!line || document.hidden) return;
      if (calm()) return;
      const path = line.querySelector(".path");
      const dot = document.createElementNS(SVG, "circle");
      dot.setAttribute("class", "token " + hue);
      dot.setAttribute("r", "5.5");
      dot.style.offsetPath = `path("${path.getAttribute("d")}")`;
      front.append(dot);
      dot.animate([{ offsetDistance: "0%" }, { offsetDistance: "100%" }], { duration: 600, easing: "cubic-bezier(.45,.05,.35,1)" })
        .finished.finally(() => dot.remove());
    }

    const ops = {
      // A card: id, markup.
      n: (id, text) => put(cards, world, id, html(text)),
      // A card's place: id, x, y.
      t: (id, x, y) => { const el = cards.get(id); if (el) el.style.transform = `translate(${x}px,${y}px)`; },
      // A connector: id, markup of its <g>.
      c: (id, text) => put(lines, connectors, id, html(`<svg xmlns="${SVG}">${text}</svg>`).firstElementChild),
      // A connector's way: id, d, arrow, middle x and y, start x and y, end x and y.
      d: (id, d, tip, mx, my, sx, sy, ex, ey) => {
        const g = lines.get(id);
        if (!g) return;
        const k = g.parts ??= { hit: g.querySelector(".hit"), path: g.querySelector(".path"), tip: g.querySelector(".tip"), plus: g.querySelector(".plus"), a: g.querySelector(".from"), b: g.querySelector(".to") };
        k.hit.setAttribute("d", d); k.path.setAttribute("d", d); k.tip.setAttribute("d", tip);
        k.plus.setAttribute("transform", `translate(${mx} ${my})`);
        k.a.setAttribute("cx", sx); k.a.setAttribute("cy", sy); k.b.setAttribute("cx", ex); k.b.setAttribute("cy", ey);
      },
      // A connector's label: id, markup; and its place.
      l: (id, text) => put(labels, world, id, html(text)),
      p: (id, x, y) => { const el = labels.get(id); if (el) el.style.transform = `translate(${x}px,${y}px)`; },
      // Gone: kind, id.
      x: (kind, id) => { const m = { n: cards, c: lines, l: labels }[kind]; m.get(id)?.remove(); m.delete(id); },
      // The classes of a card, connector or label: kind, id, classes.
      k: (kind, id, names) => ({ n: cards, c: lines, l: labels }[kind].get(id)?.setAttribute("class", names)),
      // A class of the stage.
      s: (name, on) => root.classList.toggle(name, on === "1"),
      // A card's count chip: id, state, number ("" hides it), text for people.
      u: (id, state, n, text) => {
        const el = cards.get(id)?.querySelector(`.counts .${state}`);
        if (!el) return;
        el.classList.toggle("show", n !== "");
        el.dataset.count = n; el.textContent = n; el.title = text;
      },
      // A run passes: a card pulses, a token goes along a connector.
      a: (id) => { if (!calm()) cards.get(id)?.querySelector(".halo")?.animate(
        [{ opacity: 1, transform: "scale(1)" }, { opacity: 0, transform: "scale(1.07,1.24)" }], { duration: 700, easing: "ease-out" }); },
      o: token,
      // The camera: x, y, zoom.
      z: (x, y, z) => {
        world.style.transform = `translate(${x}px,${y}px) scale(${z})`;
        const step = 16 * z * (z < 0.5 ? 4 : 1);
        grid.style.backgroundSize = `${step}px ${step}px`;
        grid.style.backgroundPosition = `${x}px ${y}px`;
      },
      // The zoom in words. The text node stays: it belongs to the component tree.
      q: (text) => { const el = document.querySelector("[data-action=zoom_100] span")?.firstChild; if (el) el.nodeValue = text; },
      // The connector being drawn: d ("" hides it), class.
      w: (d, cls) => { const el = root.querySelector(".preview"); el.setAttribute("d", d); el.setAttribute("class", "preview " + cls); },
      // The selection box: x, y, w, h ("" hides it).
      b: (x, y, w, h) => {
        const el = root.querySelector(".box");
        el.hidden = w === "";
        if (w !== "") { el.style.transform = `translate(${x}px,${y}px)`; el.style.width = w + "px"; el.style.height = h + "px"; }
      },
      // An alignment guide: number, x, y, w, h ("" hides it).
      g: (i, x, y, w, h) => {
        const el = root.querySelectorAll(".guide")[+i];
        if (!el) return;
        el.hidden = w === "";
        if (w !== "") { el.style.transform = `translate(${x}px,${y}px)`; el.style.width = w + "px"; el.style.height = h + "px"; }
      },
      // The palette's ghost: markup, x, y ("" hides it).
      h: (text, x, y) => {
        let el = document.querySelector(".ghost-node");
        if (x === "") { el?.remove(); return; }
        if (!el) { el = html(text); el.classList.add("ghost-node"); document.body.append(el); }
        el.style.transform = `translate(${x}px,${y}px)`;
      },
    };
    return {
      apply(text) {
        if (!text) return;
        for (const line of text.split("\x1e")) {
          const words = line.split("\x1f");
          ops[words[0]](...words.slice(1));
        }
      },
      ops,
    };
  }

  // millraceStage binds a stage: pointer(kind, x, y, button, mods, clicks, dx, dy,
  // touch) answers operations; it is called at most once a frame for moves.
  window.millraceStage = (root, pointer, keys) => {
    const view = stage(root);
    const mac = /Mac|iP/.test(navigator.platform);
    let space = false, waiting = null, frame = 0, down = false;
    const mods = (e) => (e.shiftKey ? 1 : 0) | ((mac ? e.metaKey : e.ctrlKey) ? 2 : 0) | (e.altKey ? 4 : 0) | (space ? 8 : 0);
    const send = (kind, e, dx, dy) => {
      const r = root.getBoundingClientRect();
      const inside = e.clientX >= r.left && e.clientX <= r.right && e.clientY >= r.top && e.clientY <= r.bottom;
      view.apply(pointer(kind, e.clientX - r.left, e.clientY - r.top, e.button, mods(e), e.detail | 0, dx, dy, (e.pointerType === "touch" ? 1 : 0) | (inside ? 0 : 2) | (e.pinch ? 4 : 0)));
    };
    const flush = () => {
      frame = 0;
      const w = waiting;
      waiting = null;
      if (w) send(w.kind, w.e, w.dx, w.dy);
    };
    const later = (kind, e, dx, dy) => {
      if (waiting && waiting.kind === kind) { waiting.e = e; waiting.dx += dx; waiting.dy += dy; }
      else { if (waiting) flush(); waiting = { kind, e, dx, dy }; }
      if (!frame) frame = requestAnimationFrame(flush);
    };
    const now = (kind, e) => { if (frame) { cancelAnimationFrame(frame); flush(); } send(kind, e, 0, 0); };

    const on = (el, name, f, opt) => el.addEventListener(name, f, { signal: stop.signal, ...opt });
    const stop = new AbortController();
    let clicks = 0, last = 0, lastX = 0, lastY = 0;
    on(root, "pointerdown", (e) => {
      if (e.target.closest("[data-free]")) return;
      root.focus({ preventScroll: true });
      const near = Math.hypot(e.clientX - lastX, e.clientY - lastY) < 6 && e.timeStamp - last < 400;
      clicks = near ? clicks + 1 : 1; last = e.timeStamp; lastX = e.clientX; lastY = e.clientY;
      down = true;
      try { root.setPointerCapture(e.pointerId); } catch { /* a synthetic pointer */ }
      now(0, fix(e));
      if (e.button === 1) e.preventDefault();
    });
    const fix = (e) => ({ clientX: e.clientX, clientY: e.clientY, button: e.button, shiftKey: e.shiftKey, metaKey: e.metaKey, ctrlKey: e.ctrlKey, altKey: e.altKey, detail: clicks, pointerType: e.pointerType });
    on(window, "pointermove", (e) => { if (down || view.carry) later(1, fix(e), 0, 0); else if (e.target.closest?.(".stage") === root) later(5, fix(e), 0, 0); });
    on(window, "pointerup", (e) => { if (down || view.carry) { down = false; view.carry = false; now(2, fix(e)); } });
    on(window, "pointercancel", (e) => { if (down || view.carry) { down = false; view.carry = false; now(3, fix(e)); } });
    on(window, "blur", () => { space = false; });
    on(root, "wheel", (e) => {
      e.preventDefault();
      const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1;
      later(4, { clientX: e.clientX, clientY: e.clientY, button: 0, shiftKey: e.shiftKey, metaKey: e.metaKey, ctrlKey: e.ctrlKey, altKey: e.altKey, detail: 0, pinch: e.ctrlKey && (mac || Math.abs(e.deltaY) < 40) }, e.deltaX * unit, e.deltaY * unit);
    }, { passive: false });
    on(root, "contextmenu", (e) => e.preventDefault());
    on(window, "keydown", (e) => {
      if (e.defaultPrevented) return;
      const t = e.target, typing = t.closest?.("input, textarea, select, [contenteditable]");
      if (e.isComposing || e.keyCode === 229) return;
      if (e.key === " " && !typing && t === root) { space = true; root.classList.add("is-space"); e.preventDefault(); return; }
      const place = typing ? "field" : root.contains(t) || t === document.body ? "canvas" : "page";
      const held = (e.shiftKey ? 1 : 0) | (e.ctrlKey ? 2 : 0) | (e.altKey ? 4 : 0) | (e.metaKey ? 8 : 0) | (e.getModifierState("AltGraph") ? 16 : 0) | (mac ? 32 : 0);
      if (keys(e.key, e.code, held, place)) { e.preventDefault(); e.stopPropagation(); }
    });
    on(window, "keyup", (e) => { if (e.key === " ") { space = false; root.classList.remove("is-space"); } });

    let queued = "";
    const live = () => { frame2 = 0; const q = queued; queued = ""; view.apply(q); };
    let frame2 = 0;
    return {
      apply: (text) => view.apply(text),
      // Live changes wait for the next frame, all of them in one go.
      later: (text) => { queued = queued ? queued + "\x1e" + text : text; if (!frame2) frame2 = requestAnimationFrame(live); },
      carry: () => { view.carry = true; },
      size: () => { const r = root.getBoundingClientRect(); return r.width + " " + r.height + " " + r.left + " " + r.top; },
      stop: () => { stop.abort(); document.querySelector(".ghost-node")?.remove(); },
    };
  };

  // go-app says "no value" by removing the attribute, which leaves what a field
  // shows as it is; here the field is emptied too.
  for (const kind of [HTMLInputElement, HTMLTextAreaElement]) {
    kind.prototype.removeAttribute = function (name) {
      if (name === "value") this.value = "";
      Element.prototype.removeAttribute.call(this, name);
    };
  }

  // Forms are sent by the program, never by the browser.
  document.addEventListener("submit", (e) => e.preventDefault(), true);
})();
