// Light, dark, or as the system has it.

import { useState } from "preact/hooks";

const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];
const key = "theme";

/** Brings back the theme that was chosen at an earlier visit. */
export function restoreTheme(): void {
  apply(chosen());
}

/** Turns to the next theme. */
export function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(chosen);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "auto";
  return (
    <button
      type="button"
      class="quiet theme"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      onClick={() => {
        localStorage.setItem(key, next);
        apply(next);
        setTheme(next);
      }}
    >
      <span aria-hidden="true">{{ auto: "◐", light: "☀", dark: "☾" }[theme]}</span>
    </button>
  );
}

function chosen(): Theme {
  const found = localStorage.getItem(key);
  return themes.find((theme) => theme === found) ?? "auto";
}

function apply(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}
