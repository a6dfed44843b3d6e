// Before anything is drawn: the visitor's choice, else the system's. Where the browser keeps nothing of a site, it lasts as long as the page.
const storage = (() => {
    try {
        return localStorage;
    } catch {
        return undefined;
    }
})();
const kept = storage?.getItem("theme");
if (kept === "dark" || kept === "light")
    document.documentElement.dataset.theme = kept;

document.addEventListener("click", event => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-theme-switch]"))
        return;

    const root = document.documentElement;
    const isDark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    storage?.setItem("theme", root.dataset.theme);
});
