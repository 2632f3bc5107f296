// @ts-check
// Runs before the page is drawn, so that nothing flashes. Without a choice the system's setting holds (theme.css).
(() => {
  try {
    const theme = localStorage.getItem("alignment-label:theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is switched off: the system's setting holds.
  }
})();
