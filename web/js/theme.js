"use strict";
// Before the first paint: the theme and the calm the member chose, so that nothing
// flashes.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  if (localStorage.getItem("calm")) document.documentElement.classList.add("is-calm");
} catch { /* storage is switched off: the system's theme */ }
