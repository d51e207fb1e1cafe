/**
 * Runs before the first paint, so that a dark page never flashes white. It is text because it goes into the document
 * head with the nonce of the response; `use-theme.ts` does the same afterwards.
 */
export const THEME_KEY = "millrace-theme";

export const themeScript = `(function () {
  try {
    var chosen = localStorage.getItem("${THEME_KEY}");
    var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    document.documentElement.classList.toggle("dark", dark);
  } catch (_) {}
})();`;
