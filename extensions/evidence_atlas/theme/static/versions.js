// The versions of a page, on a published site. A kept copy, under /v/<version>/, says whether a newer reading exists and
// differs; every page lists its other versions at its foot. Without script the pages are whole and link to what changed.
(() => {
  "use strict";
  const say = (...said) => globalThis.atlasText._(...said); // atlas.js runs after this, and before anything is said
  const { src, dataset: { version } } = document.currentScript;
  const top = new URL("..", src); // the first page of this version
  const kept = top.pathname.endsWith(`/v/${version}/`);
  const root = kept ? new URL("../../", top) : top; // the first page of the newest version
  const path = location.pathname.slice(top.pathname.length).replace(/index\.html$/, "");
  if (kept) document.documentElement.dataset.kept = version; // before anything is shown: the notice has its place from the start

  const read = async (name) => {
    const answer = await fetch(new URL(name, root));
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer.json();
  };
  const day = (date) => new Date(`${date}T00:00Z`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  const dated = ({ version, date }) => ({ version, date: date && globalThis.atlasWords ? day(date) : date });
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // What a kept copy says of the newest version; readings: the page's digest by version, where the page is of a paper
  const answer = (newest, readings) => {
    if (newest.version === version) return say("This is the newest version.");
    const said = newest.date ? say("A newer reading exists: version {version} of {date}.", dated(newest)) : say("A newer reading exists: version {version}.", newest);
    if (!readings) return said;
    const now = readings.get(newest.version);
    const gone = say("This page is no longer part of it.");
    const same = now === readings.get(version) ? say("This page did not change.") : say("This page did change.");
    return `${said} ${now === undefined ? gone : same}`;
  };

  const entry = (row, newest, readings) => {
    const own = row.version === version;
    const same = readings && (readings.get(row.version) === readings.get(version) ? say("says the same") : say("differs"));
    const which = row.date ? say("Version {version} of {date}", dated(row)) : say("Version {version}", row);
    const name = [which, row === newest && say("the newest"), own ? say("this one") : same].filter(Boolean).join(", ");
    const address = new URL(path, row === newest ? root : new URL(row.address, root));
    return make("li", {}, own ? name : make("a", { href: address.href, textContent: name }));
  };

  const list = (versions, newest, readings) => {
    const rows = versions.filter((row) => !readings || readings.has(row.version));
    if (rows.length < 2) return;
    const items = rows.map((row) => entry(row, newest, readings));
    const details = make("details", { className: "atlas-versions" },
      make("summary", { textContent: say("Other versions of this page") }), make("ul", {}, ...items));
    const drop = () => items.forEach(async (item) => { // other pages than those of papers: is it in that version?
      const link = item.querySelector("a");
      if (link && !(await fetch(link.href, { method: "HEAD" })).ok) item.replaceChildren(say("{version}, without this page", { version: link.textContent }));
    });
    if (!readings) details.addEventListener("toggle", drop, { once: true });
    (document.querySelector(".atlas-footer") ?? document.querySelector(".atlas-kept").parentElement).append(details);
  };

  document.addEventListener("DOMContentLoaded", async () => {
    const notice = document.querySelector(".atlas-kept");
    if (!notice) return;
    notice.hidden = !kept;
    const said = notice.querySelector(".atlas-kept-answer");
    try {
      const paper = document.querySelector('link[rel="version-history"]');
      const [{ versions }, page] = await Promise.all([
        read("versions.json"), paper && read(`changes/pages/${path.replace(/\/$/, "")}.json`)]);
      const readings = page && new Map(page.readings.map((row) => [row.version, row.digest]));
      if (kept) said.textContent = answer(versions[0], readings);
      list(versions, versions[0], readings);
    } catch {
      if (kept) said.textContent = say("Whether there is a newer version could not be found out now.");
    }
  });
})();
