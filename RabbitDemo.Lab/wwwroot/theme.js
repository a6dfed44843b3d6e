// Before anything is drawn: the visitor's choice, else the system's.
const kept = localStorage.getItem("theme");
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
    localStorage.setItem("theme", root.dataset.theme);
});
