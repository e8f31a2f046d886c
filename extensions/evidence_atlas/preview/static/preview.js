// Shows the warnings of the build at the top of the page: those about this page first, then those about others.
(async () => {
  "use strict";
  const root = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const answer = await fetch(new URL("_preview.json", root), { cache: "no-store" }).catch(() => null);
  if (!answer || !answer.ok) return;
  const text = await answer.text();
  const warnings = JSON.parse(text);
  if (!warnings.length || sessionStorage.getItem("atlas-preview-hidden") === text) return;

  const name = (url) => decodeURIComponent(url.pathname).replace(/(index)?(\.html)?$/, "").replace(/\/$/, "");
  const here = name(new URL(location.href)).slice(name(root).length).replace(/^\//, "");
  const isHere = (warning) => (warning.page.replace(/(^|\/)index$/, "") === here && warning.page !== "");
  const own = warnings.filter(isHere);
  const others = warnings.filter((warning) => !isHere(warning));

  const make = (tag, content, attributes = {}) => {
    const element = document.createElement(tag);
    element.append(...[content].flat());
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  };
  const row = (warning) =>
    make("li", [...(warning.place ? [make("code", warning.place), " "] : []), warning.message]);
  const count = (number, where) => `${number} warning${number === 1 ? "" : "s"} ${where}`;

  const box = make("div", make("h2", "Warnings of the last build", { id: "atlas-preview-title" }), {
    class: "atlas-preview",
    role: "region",
    "aria-labelledby": "atlas-preview-title",
  });
  if (own.length) {
    box.append(make("p", count(own.length, "on this page")), make("ul", own.map(row)));
  }
  if (others.length) {
    const details = make("details", [make("summary", count(others.length, "elsewhere")), make("ul", others.map(row))]);
    details.open = !own.length && others.length < 4;
    box.append(details);
  }
  const hide = make("button", "Hide until they change", { type: "button" });
  hide.addEventListener("click", () => {
    sessionStorage.setItem("atlas-preview-hidden", text);
    box.remove();
  });
  box.append(make("p", hide));
  (document.querySelector("main, [role=main]") || document.body).prepend(box);
})();
