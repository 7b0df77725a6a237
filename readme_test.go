//go:build !js

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readme is what the README has in every language: its code blocks, its
// pictures, its sections and where it leads.
type readme struct {
	path     string
	blocks   []string
	images   []string
	sections []string
	targets  []string
}

// languageLinks stands under the title of every README.
const languageLinks = "[English](README.md) · [Tiếng Việt](README.vi.md) · [Română](README.ro.md) · [Polski](README.pl.md)"

var (
	markdownLink  = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)`)
	markdownImage = regexp.MustCompile(`!\[[^\]]*\]\(([^)\s]+)[^)]*\)`)
)

func readReadme(t *testing.T, path string) readme {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	r := readme{path: path}
	var block []string
	for _, line := range strings.SplitAfter(string(text), "\n") {
		fence := strings.HasPrefix(line, "```")
		if fence || block != nil {
			ends := fence && block != nil
			block = append(block, line)
			if ends {
				r.blocks, block = append(r.blocks, strings.Join(block, "")), nil
			}
			continue
		}
		if strings.HasPrefix(line, "## ") {
			r.sections = append(r.sections, strings.TrimSpace(line[3:]))
		}
		for _, m := range markdownImage.FindAllStringSubmatch(line, -1) {
			r.images = append(r.images, m[1])
		}
		for _, m := range markdownLink.FindAllStringSubmatch(line, -1) {
			r.targets = append(r.targets, m[1])
		}
	}
	require.Nil(t, block, "%s: a code block is not closed", path)
	return r
}

// translations are the READMEs in other languages than English.
func translations(t *testing.T) []readme {
	t.Helper()
	paths, err := filepath.Glob("README.*.md")
	require.NoError(t, err)
	require.NotEmpty(t, paths, "no README.*.md")
	all := make([]readme, 0, len(paths))
	for _, path := range paths {
		all = append(all, readReadme(t, path))
	}
	return all
}

// sameList names every place where two lists differ.
func sameList(t *testing.T, path, what string, want, got []string) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		switch {
		case i >= len(got):
			t.Errorf("%s lacks %s %d of README.md:\n%s", path, what, i+1, want[i])
		case i >= len(want):
			t.Errorf("%s has %s %d, which README.md has not:\n%s", path, what, i+1, got[i])
		case want[i] != got[i]:
			t.Errorf("%s: %s %d differs from README.md\n--- README.md\n%s\n--- %s\n%s", path, what, i+1, want[i], path, got[i])
		}
	}
}

func TestReadmesShowTheSameCodeAndPicturesInEveryLanguage(t *testing.T) {
	english := readReadme(t, "README.md")
	require.NotEmpty(t, english.blocks)
	require.NotEmpty(t, english.images)
	for _, r := range translations(t) {
		sameList(t, r.path, "code block", english.blocks, r.blocks)
		sameList(t, r.path, "picture", english.images, r.images)
		if len(r.sections) != len(english.sections) {
			t.Errorf("%s has %d sections, README.md %d:\n%s\n--- README.md\n%s", r.path, len(r.sections), len(english.sections),
				strings.Join(r.sections, "\n"), strings.Join(english.sections, "\n"))
		}
	}
}

func TestReadmesLeadToEveryLanguage(t *testing.T) {
	for _, r := range append(translations(t), readReadme(t, "README.md")) {
		text, err := os.ReadFile(r.path)
		require.NoError(t, err)
		lines := strings.SplitN(string(text), "\n", 4)
		require.Len(t, lines, 4, r.path)
		require.Equal(t, languageLinks, lines[2], "%s: the line under the title", r.path)
		require.Contains(t, languageLinks, "("+r.path+")", "no language link leads to %s", r.path)
	}
}

func TestReadmesLinkToFilesThatAreThere(t *testing.T) {
	for _, r := range append(translations(t), readReadme(t, "README.md")) {
		for _, target := range r.targets {
			file, _, _ := strings.Cut(target, "#")
			if file == "" || strings.Contains(file, "://") || strings.HasPrefix(file, "mailto:") {
				continue
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s leads to %s, which is not there", r.path, target)
			}
		}
	}
}
