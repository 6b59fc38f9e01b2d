// Light or dark. Without a choice the page follows the system; the button chooses the other one and
// the choice is remembered. Choosing what the system has anyway forgets it again. This file is
// loaded before the first paint, so that a remembered choice never flashes.

(() => {
  const KEY = "modcore.theme";
  const root = document.documentElement;
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const system = () => (systemDark.matches ? "dark" : "light");
  const shown = () => root.dataset.theme || system();

  // Storage throws where the user has blocked it; the choice then lasts as long as the page.
  const remember = (theme) => {
    try {
      if (theme) localStorage.setItem(KEY, theme);
      else localStorage.removeItem(KEY);
    } catch {}
  };
  const recall = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  apply(recall());

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (!button) return;
    const label = () => {
      const other = shown() === "dark" ? "light" : "dark";
      button.title = `Switch to ${other} theme`;
      button.setAttribute("aria-label", button.title);
    };
    button.addEventListener("click", () => {
      const other = shown() === "dark" ? "light" : "dark";
      const choice = other === system() ? null : other;
      apply(choice);
      remember(choice);
      label();
    });
    // Another tab has chosen, or the system has changed.
    addEventListener("storage", (event) => {
      if (event.key === KEY) {
        apply(event.newValue);
        label();
      }
    });
    systemDark.addEventListener("change", label);
    label();
  });
})();
