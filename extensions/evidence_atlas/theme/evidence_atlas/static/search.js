// The search page. Pagefind's index lies in small pieces; it fetches those that the words need, and nothing before
// somebody searches. What is searched stands in the address, so that a search can be shared and gone back to.
(() => {
  "use strict";
  const { _, ngettext, number } = globalThis.atlasText;
  const WITHDRAWN = [_("Retracted"), _("Withdrawn"), _("Removed")];
  const PAUSE = 250;  // milliseconds without a key after which a search begins
  const AT_ONCE = 5;  // results; each is a piece of its own
  const at = id => document.getElementById(id);
  const [form, field, filters, status, list, more] =
    ["form", "field", "filters", "status", "results", "more"].map(name => at(`search-${name}`));
  const facets = filters ? [...filters.querySelectorAll("fieldset")] : [];
  const boxes = facet => [...facet.querySelectorAll("input")];
  const nameOf = facet => boxes(facet)[0].name;

  // ---- The index -----------------------------------------------------------------------------------------
  let loading;
  const engine = () => loading ??= import(new URL(form.dataset.index, location.href)).then(async pagefind => {
    const made = pagefind.createInstance({
      noWorker: true,  // a worker would be a second copy of the script to load
      excerptLength: 28,
      ranking: { metaWeights: { title: 6, summary: 3, badge: 0.5, notice: 0.5 } },
    });
    await made.init();
    return made;
  });
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
  const wantedBut = left => Object.fromEntries(
    facets.filter(facet => facet !== left && chosen(facet).length).map(facet => [nameOf(facet), { any: chosen(facet) }]));
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
    const term = words();
    const pagefind = await engine();
    const all = await pagefind.filters();
    for (const facet of facets) {
      const wanted = wantedBut(facet);
      const narrowed = term !== null || Object.keys(wanted).length;
      const counts = !narrowed ? all : (await pagefind.search(term, { filters: wanted })).filters;
      if (found !== latest) return;
      for (const box of boxes(facet)) {
        box.parentElement.querySelector(".search-count").textContent = counts[nameOf(facet)]?.[box.value] ?? 0;
      }
    }
  };

  // ---- Results -------------------------------------------------------------------------------------------
  const make = (tag, className, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    if (className) element.className = className;
    element.append(...children);
    return element;
  };
  // Pagefind gives the excerpt as HTML; only its text and its marks are taken over.
  const excerpt = html => {
    const body = new DOMParser().parseFromString(html, "text/html").body;
    return [...body.childNodes].map(node => node.nodeName === "MARK" ? make("mark", "", {}, node.textContent) : node.textContent);
  };
  const result = page => {
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
    if (page.excerpt.includes("<mark>")) item.append(make("p", "search-excerpt", {}, "… ", ...excerpt(page.excerpt), " …"));
    return item;
  };
  let latest = {};
  const show = async found => {
    const from = list.children.length;
    const pages = await Promise.all(found.results.slice(from, from + AT_ONCE).map(hit => hit.data()));
    if (found !== latest) return;
    list.append(...pages.map(result));
    more.hidden = list.children.length >= found.results.length;
    const count = found.results.length;
    const values = { count: number(count), shown: list.children.length };
    status.textContent = !count ? _("Nothing found. Try fewer or other words, or fewer filters.")
      : more.hidden ? ngettext("{count} result.", "{count} results.", count, values)
      : ngettext("{count} result; the first {shown} are shown.", "{count} results; the first {shown} are shown.", count, values);
    more.onclick = async () => {
      const next = list.children.length;
      await show(found);
      list.children[next]?.querySelector("a").focus();
    };
  };
  const search = async () => {
    const term = words();
    const wanted = wantedBut(null);
    const mine = latest = {};  // what comes later overtakes this one
    markChosen();
    try {
      const idle = term === null && !Object.keys(wanted).length;
      const found = idle ? null : await (await engine()).search(term, { filters: wanted });
      if (mine !== latest) return;
      latest = found ?? mine;
      list.replaceChildren();
      more.hidden = true;
      if (found) await show(found);
      else status.textContent = "";
      if (filters?.open) await countChoices(latest);
    } catch (error) {
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
  filters?.addEventListener("toggle", () => { if (filters.open) countChoices(latest).catch(fail); });
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
