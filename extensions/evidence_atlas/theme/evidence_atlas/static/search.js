// The search page. Pagefind's index lies in small pieces; it fetches those that the words need, and nothing before
// somebody searches. What is searched stands in the address, so that a search can be shared and gone back to.
// How the index is packed, and why: search/pack.py.
(() => {
  "use strict";
  const { _, ngettext, number } = globalThis.atlasText;
  const WITHDRAWN = [_("Retracted"), _("Withdrawn"), _("Removed")];
  const PAUSE = 250;  // milliseconds without a key after which a search begins
  const AT_ONCE = 5;  // results; each is a piece of its own
  const EXCERPT = 28, BEFORE = 5;  // words, and how many of them stand before the first that was searched for
  const at = id => document.getElementById(id);
  const [form, field, filters, status, list, more] =
    ["form", "field", "filters", "status", "results", "more"].map(name => at(`search-${name}`));
  const facets = filters ? [...filters.querySelectorAll("fieldset")] : [];
  const boxes = facet => [...facet.querySelectorAll("input")];
  const nameOf = facet => boxes(facet)[0].name;

  // ---- The index -----------------------------------------------------------------------------------------
  const INDEX = new URL(form.dataset.index, location.href);
  let engines = {};
  const engine = (folder = ".") => engines[folder] ??= import(INDEX).then(async pagefind => {
    const made = pagefind.createInstance({
      basePath: new URL(`${folder}/`, INDEX).href,
      noWorker: true,  // a worker would be a second copy of the script to load
      ranking: { metaWeights: { title: 6, summary: 3, badge: 0.5, notice: 0.5 } },
    });
    await made.init();
    return made;
  });
  // Pages are numbered; a hit is named by the digits of its page from right to left, and by the stamp of the index.
  const hits = async term => {
    const index = await engine(/^".*\S\s+\S.*"$/.test(term) ? "phrases" : ".");  // one word has no neighbour to look for
    const { results } = await index.search(term ?? form.dataset.everyPage);
    return results.map(({ id, data }) => {
      const [, digits, stamp] = /(\d+)-(\w+)$/.exec(id);
      return { data, stamp, page: Number([...digits].reverse().join("")) };
    });
  };
  const tables = {};
  const table = (name, stamp) => tables[`${name}-${stamp}`] ??=
    fetch(new URL(`facets/${name}-${stamp}.json`, INDEX)).then(answer => answer.json());
  // Gives the function that says which values of a facet a hit has; the rare ones only where they are asked for.
  const valuesOf = async (name, stamp, wanted) => {
    const parts = [await table(name, stamp)];
    if (parts[0].others && !wanted.every(value => parts[0].values.includes(value))) parts.push(await table(`${name}-others`, stamp));
    return hit => parts.flatMap(({ values, sets, pages }) => sets[pages[hit.page]].map(place => values[place]));
  };
  const narrowed = async (found, wanted) => {
    for (const [name, chosen] of wanted) {
      if (!found.length) break;
      const values = await valuesOf(name, found[0].stamp, chosen);
      found = found.filter(hit => values(hit).some(value => chosen.includes(value)));
    }
    return found;
  };
  const fail = () => {
    at("search-off").classList.add("search-failed");
    form.hidden = at("search-keys").hidden = true;
    status.textContent = "";
  };

  const words = () => field.value.trim() || null;

  // ---- The address ---------------------------------------------------------------------------------------
  const asked = () => {
    const parameters = new URLSearchParams(new FormData(form));
    if (!words()) parameters.delete("q");
    return parameters.toString();
  };
  const readAddress = () => {
    const parameters = new URLSearchParams(location.search);
    field.value = parameters.get("q") ?? "";
    for (const facet of facets) {
      const wanted = new Set(parameters.getAll(nameOf(facet)));
      for (const box of boxes(facet)) box.checked = wanted.delete(box.value);
      for (const value of wanted) facet.append(choice(nameOf(facet), value));
    }
    markChosen();
    if (filters && facets.some(facet => chosen(facet).length)) filters.open = true;
  };
  const choice = (name, value) => {  // for a value in the address that is too rare to have a box
    const box = make("input", "", { type: "checkbox", name, value, checked: true });
    return make("label", "", {}, box, ` ${value} `, make("span", "search-count"));
  };
  let typing = false;  // so that a word is one step back, not as many as it has letters
  const writeAddress = stillTyping => {
    const address = `${location.pathname}${asked() ? `?${asked()}` : ""}`;
    if (address !== location.pathname + location.search) {
      history[typing && stillTyping ? "replaceState" : "pushState"](null, "", address);
    }
    typing = stillTyping;
  };

  // ---- Facets --------------------------------------------------------------------------------------------
  const chosen = facet => boxes(facet).filter(box => box.checked).map(box => box.value);
  const wantedBut = left =>
    facets.filter(facet => facet !== left && chosen(facet).length).map(facet => [nameOf(facet), chosen(facet)]);
  const markChosen = () => {
    for (const facet of facets) {
      const count = chosen(facet).length;
      facet.closest(".search-facet").querySelector(".search-chosen").textContent = count ? _("({count} chosen)", { count }) : "";
    }
    const all = facets.reduce((sum, facet) => sum + chosen(facet).length, 0);
    if (filters) filters.querySelector(":scope > summary .search-chosen").textContent = all ? _("({count} chosen)", { count: all }) : "";
  };
  // A choice's count is of what there would be if its own group had no choice: in a group, choices add up.
  const countChoices = async found => {
    const all = found.hits ?? await hits(null);
    for (const facet of facets) {
      const counts = {};
      const values = boxes(facet).map(box => box.value);
      const left = await narrowed(all, wantedBut(facet));
      if (left.length) {
        const has = await valuesOf(nameOf(facet), left[0].stamp, values);
        for (const value of left.flatMap(has)) counts[value] = (counts[value] ?? 0) + 1;
      }
      if (found !== latest) return;
      for (const box of boxes(facet)) box.parentElement.querySelector(".search-count").textContent = counts[box.value] ?? 0;
    }
  };

  // ---- Results -------------------------------------------------------------------------------------------
  const make = (tag, className, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };
  // The index does not say where a word stands, so the place with most of the words is looked for in the text.
  const plain = text => text.normalize("NFD").replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();
  const alike = (word, wanted) => {  // up to three letters of an ending may differ: study, studies
    let same = 0;
    while (same < wanted.length && word[same] === wanted[same]) same++;
    return same === wanted.length || (same >= 4 && wanted.length - same <= 3 && word.length - same <= 3);
  };
  const excerpt = (text, term) => {
    const wanted = term.split(/\s+/).map(plain).filter(Boolean);
    const all = text.split(/\s+/);
    const forms = word => [word, ...word.split(/[-\u2010-\u2015/]/)].map(plain);  // post-exertional is two words, too
    const found = all.map(word => wanted.findIndex(one => forms(word).some(form => alike(form, one))));
    let best = { score: 0 };
    found.forEach((which, start) => {
      if (which < 0) return;
      const near = found.slice(start, start + EXCERPT - BEFORE).filter(one => one >= 0);
      const score = new Set(near).size * EXCERPT + near.length;
      if (score > best.score) best = { score, start: Math.max(0, start - BEFORE) };
    });
    if (!best.score) return [];
    return all.slice(best.start, best.start + EXCERPT)
      .flatMap((word, place) => [found[best.start + place] < 0 ? word : make("mark", "", {}, word), " "]);
  };
  const result = (page, term) => {
    const { title, summary, badge, notice } = page.meta;
    const { pem, year, journal } = page.filters;
    const item = make("li", "", {}, make("h2", "", {}, make("a", "", { href: page.url }, title)));
    if (notice) {
      const withdrawn = WITHDRAWN.some(word => notice.startsWith(word));
      item.append(make("p", "", {}, make("strong", withdrawn ? "atlas-mark-withdrawn" : "", {}, notice)));
    }
    if (summary) item.append(make("p", "", {}, summary));
    const facts = [...(year ?? []), ...(journal ?? [])].map(fact => make("span", "", {}, fact));
    if (badge) facts.unshift(make("span", `atlas-badge-inline atlas-badge-${pem[0]}`, {}, badge));
    if (facts.length) item.append(make("p", "search-facts", {}, ...facts));
    const words = excerpt(page.content, term ?? "");
    if (words.length) item.append(make("p", "search-excerpt", {}, "… ", ...words, "…"));
    return item;
  };
  let latest = { hits: null };
  const show = async found => {
    const from = list.children.length;
    const pages = await Promise.all(found.results.slice(from, from + AT_ONCE).map(hit => hit.data()));
    if (found !== latest) return;
    list.append(...pages.map(page => result(page, found.term)));
    more.hidden = list.children.length >= found.results.length;
    const count = found.results.length;
    const values = { count: number(count), shown: list.children.length };
    status.textContent = !count ? _("Nothing found. Try fewer or other words, or fewer filters.")
      : more.hidden ? ngettext("{count} result.", "{count} results.", count, values)
      : ngettext("{count} result; the first {shown} are shown.", "{count} results; the first {shown} are shown.", count, values);
    more.onclick = async () => {
      const next = list.children.length;
      try {
        await show(found);
      } catch {
        engines = {};
        return search();
      }
      list.children[next]?.querySelector("a").focus();
    };
  };
  const search = async (again = true) => {
    const term = words();
    const wanted = wantedBut(null);
    const mine = latest = { term };  // what comes later overtakes this one
    markChosen();
    try {
      const idle = term === null && !wanted.length;
      const all = idle ? null : await hits(term);
      const results = idle ? [] : await narrowed(all, wanted);
      if (mine !== latest) return;
      Object.assign(mine, { hits: all, results });
      list.replaceChildren();
      more.hidden = true;
      if (idle) status.textContent = "";
      else await show(mine);
      if (filters?.open) await countChoices(mine);
    } catch (error) {
      if (mine !== latest) return;
      engines = {};  // the index may be another by now, with other names
      if (again) return search(false);
      console.error(error);
      fail();
    }
  };

  // ---- The reader ----------------------------------------------------------------------------------------
  let timer;
  const begin = stillTyping => {
    clearTimeout(timer);
    writeAddress(stillTyping);
    return search();
  };
  if (location.protocol === "file:") return fail();
  field.addEventListener("focus", () => engine().catch(fail), { once: true });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(begin, PAUSE, true);
  });
  field.addEventListener("change", () => { typing = false; });
  field.addEventListener("keydown", event => {
    if (event.key === "Escape" && field.value) {
      event.preventDefault();
      field.value = "";
      begin(false);
    }
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    begin(false);
  });
  filters?.addEventListener("change", () => begin(false));
  filters?.addEventListener("toggle", () => { if (filters.open && (latest.hits || !asked())) countChoices(latest).catch(fail); });
  at("search-clear")?.addEventListener("click", () => {
    for (const box of facets.flatMap(boxes)) box.checked = false;
    begin(false);
  });
  addEventListener("popstate", () => {
    typing = false;
    readAddress();
    search();
  });

  // A key without a modifier can be in the way of those who speak to their computer, so it can be switched off.
  const slash = at("search-slash");
  slash.checked = localStorage.getItem("search-slash") !== "off";
  slash.addEventListener("change", () => localStorage.setItem("search-slash", slash.checked ? "on" : "off"));
  document.addEventListener("keydown", event => {
    const elsewhere = !event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.key === "/" && slash.checked && elsewhere && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    }
  });

  readAddress();
  if (asked()) search();
})();
