// Sorting, filters and export for the tables of papers. Without script the tables are whole and plain, a long one on several pages.
(() => {
  "use strict";

  const { _, ngettext, number } = globalThis.atlasText;
  const STEP = 100; // rows shown at once: more than anyone reads in one go, and laid out within a frame or two
  const collator = new Intl.Collator(document.documentElement.lang || "en", { numeric: true, sensitivity: "base" });

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (text, onclick, className = "atlas-button") => make("button", { type: "button", className, textContent: text, onclick });
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const plain = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const text = (entry) => (entry.text ??= fold(plain(entry.row)));

  // RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe before it
  const csvCell = (text) => {
    const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
    return (/[",\r\n]/).test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const csv = (rows) => rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");

  const download = (name, type, text) => {
    const address = URL.createObjectURL(new Blob([text], { type }));
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };

  const dataOf = (page) => JSON.parse(page.querySelector(".atlas-table-data").textContent);

  // The part of a table at an address, with its data; its links lead where they led there
  const partAt = async (address) => {
    const answer = await fetch(new URL(address, document.baseURI));
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".atlas-tables");
    for (const link of page.querySelectorAll("a[href]")) link.setAttribute("href", new URL(link.getAttribute("href"), answer.url).href);
    return [page, dataOf(page)];
  };

  // What a reader asked of the tables of one directive, kept in the address
  class State {
    constructor(prefix, facets, sort) {
      Object.assign(this, { prefix, facets, initial: sort });
      this.clear();
      this.sort = sort;
    }

    clear() {
      this.text = this.from = this.to = "";
      this.chosen = new Map(this.facets.map((facet) => [facet.name, new Set()]));
    }

    read(columns) {
      const parameters = new URLSearchParams(location.search);
      const get = (name) => parameters.get(this.prefix + name) ?? "";
      const year = (name) => (/^\d{1,4}$/.test(get(name)) ? get(name) : "");
      this.clear();
      this.text = get("q");
      [this.from, this.to] = [year("from"), year("to")];
      for (const facet of this.facets) {
        const asked = parameters.getAll(this.prefix + facet.name);
        this.chosen.set(facet.name, new Set(facet.values.flatMap(([id], place) => (asked.includes(id) ? [place] : []))));
      }
      const sort = get("sort");
      this.sort = columns.some((column) => column.name === sort.replace(/^-/, "")) ? sort : this.initial;
    }

    write() {
      const address = new URL(location.href);
      for (const name of [...address.searchParams.keys()]) {
        if (this.names.has(name)) address.searchParams.delete(name);
      }
      const add = (name, value) => value && address.searchParams.append(this.prefix + name, value);
      add("q", this.text);
      for (const facet of this.facets) {
        for (const place of this.chosen.get(facet.name)) add(facet.name, facet.values[place][0]);
      }
      add("from", this.from);
      add("to", this.to);
      if (this.sort !== this.initial) add("sort", this.sort);
      if (address.href !== location.href) history.replaceState(history.state, "", address);
    }

    get names() {
      return new Set(["q", "from", "to", "sort", ...this.facets.map((facet) => facet.name)].map((name) => this.prefix + name));
    }

    get active() {
      return [...this.chosen.values()].reduce((sum, set) => sum + set.size, 0) + (this.from ? 1 : 0) + (this.to ? 1 : 0);
    }
  }

  // One table of a directive; with groups there is one for each
  class Listing {
    constructor({ region, title, place }, data, whole) {
      Object.assign(this, { region, title, place, whole });
      this.table = region.querySelector("table");
      this.name = title ? plain(title).replace(/ \(\d+\)$/, "") : "";
      this.body = this.table.tBodies[0];
      this.labels = data.columns.map(({ label }) => label);
      this.size = data.sizes[place];
      this.rows = [];
      this.limit = STEP;
      this.more = make("p", { className: "atlas-more", hidden: true });
      region.after(this.more);
    }

    add(entries) {
      for (const entry of entries) this.rows.push(Object.assign(entry, { index: this.rows.length }));
      this.order = this.matching = this.rows;
    }

    // Sorts by a column; what has no value comes last in either direction
    sort(value, descending) {
      const known = [], unknown = [];
      for (const row of this.rows) (row.value = value(row)) === null ? unknown.push(row) : known.push(row);
      const compare = typeof known[0]?.value === "number" ? (a, b) => a - b : collator.compare;
      known.sort((a, b) => (descending ? compare(b.value, a.value) : compare(a.value, b.value)) || a.index - b.index);
      this.order = [...known, ...unknown];
    }

    // Without anything asked for, the rows that are not here yet count as well
    filter(passes, asked) {
      this.matching = this.order.filter(passes);
      this.all = asked ? this.matching.length : this.size;
      this.limit = STEP;
      if (this.title) {
        const values = { name: this.name, shown: this.all, all: this.size };
        this.title.firstChild.data = values.shown === values.all ? _("{name} ({all})", values) : _("{name} ({shown} of {all})", values);
        this.title.hidden = !this.matching.length;
      }
      this.region.hidden = !this.matching.length;
      this.draw();
    }

    draw(limit = this.limit) {
      const shown = this.matching.slice(0, limit);
      for (const entry of shown) {
        // on a phone a row is a block, and its cells say what they are
        if (!entry.labelled) this.labels.forEach((label, index) => (entry.row.cells[index].dataset.label = label));
        entry.labelled = true;
      }
      this.body.replaceChildren(...shown.map(({ row }) => row));
      const left = this.all - limit;
      this.more.hidden = left <= 0;
      const show = (next) => async () => {
        if (next > this.rows.length) await this.whole();
        this.limit = next;
        this.draw();
        this.matching[limit]?.row.querySelector("a")?.focus();
      };
      this.more.replaceChildren(
        ngettext("The first {shown} paper of {all}.", "The first {shown} papers of {all}.", shown.length, { shown: number(shown.length), all: number(this.all) }),
        " ",
        button(_("Show {count} more", { count: Math.min(STEP, left) }), show(limit + STEP)),
        left > STEP ? button(_("Show all"), show(Infinity)) : "",
      );
    }
  }

  // The tables of one directive with their controls
  class Explorer {
    constructor(block, place, several) {
      this.block = block;
      this.data = dataOf(block);
      this.id = `atlas-table-${place}`;
      this.several = several;
      this.name = several ? _("table {number}", { number: place }) : _("the papers");
      this.state = new State(several ? `t${place}.` : "", this.data.facets, this.data.sort);
      this.further = this.data.further;
      this.way = block.querySelector(".atlas-way");
      this.known = new Map();
      this.listings = [];
      this.build();
      this.add(block, this.data);
      this.restore();
      (globalThis.requestIdleCallback ?? setTimeout)(() => this.listings.forEach(({ rows }) => rows.forEach(text)));
      addEventListener("popstate", () => this.restore());
      addEventListener("beforeprint", () => this.listings.forEach((listing) => listing.draw(Infinity)));
      addEventListener("afterprint", () => this.listings.forEach((listing) => listing.draw()));
      new ResizeObserver(() => this.listings.forEach((listing) => this.fit(listing))).observe(block);
    }

    // Takes the rows of a page; of a page that is not this one, its rubrics and regions too, where they are not here yet
    add(page, { papers, tables, groups }) {
      const known = papers.map((paper) => {
        const said = JSON.stringify(paper); // the same in each part where the paper stands
        if (!this.known.has(said)) this.known.set(said, paper);
        return this.known.get(said);
      });
      [...page.querySelectorAll(".atlas-table-region")].forEach((region, index) => {
        const title = region.previousElementSibling?.matches(".rubric") ? region.previousElementSibling : null;
        const bodies = [...region.querySelector("table").tBodies];
        const entries = bodies.flatMap((body) => [...body.rows]).map((row, at) => ({ row, paper: known[tables ? tables[index][at] : at] }));
        bodies.slice(1).forEach((body) => body.remove());
        let listing = this.listings.find(({ place }) => place === groups[index]);
        if (!listing) {
          if (page !== this.block) this.listings.at(-1).more.after(...(title ? [title] : []), region);
          listing = new Listing({ region, title, place: groups[index] }, this.data, () => this.whole());
          this.listings.push(listing);
          this.sortButtons(listing.table);
          this.codes(listing.table);
        }
        listing.add(entries);
      });
      this.sorted = null;
    }

    // Resolves when all rows are here, those of other pages too: they are asked for with the first need, and again after a failure
    whole() {
      if (!this.further.length) return Promise.resolve();
      this.loading ??= Promise.all(this.further.map(partAt)).then(
        (pages) => {
          this.further = [];
          this.way.remove();
          pages.forEach(([page, data]) => this.add(page, data));
        },
        () => (this.failed = true),
      ).then(() => {
        this.loading = null;
        this.apply(false);
      });
      this.failed = false;
      this.report();
      return this.loading;
    }

    // A table that is too wide scrolls in a region of its own, which the keyboard reaches; else its head stays in sight
    fit({ region, table, name }) {
      region.classList.remove("atlas-fits");
      const fits = table.scrollWidth <= region.clientWidth + 1;
      region.classList.toggle("atlas-fits", fits);
      const label = [_("Papers"), name, this.several ? this.name : ""].filter(Boolean).join(", ");
      for (const [attribute, value] of [["role", "region"], ["aria-label", label], ["tabindex", "0"]]) {
        fits ? region.removeAttribute(attribute) : region.setAttribute(attribute, value);
      }
    }

    build() {
      const { facets } = this.data;
      this.search = make("input", { type: "search", id: `${this.id}-q`, autocomplete: "off", spellcheck: false });
      this.search.addEventListener("input", () => this.change(() => (this.state.text = this.search.value)));
      this.status = make("p", { className: "atlas-status" });
      this.status.setAttribute("role", "status");
      this.clear = button(_("Clear filters"), () => {
        this.state.clear();
        this.fill();
        this.change(() => {});
        this.search.focus();
      });
      this.summary = make("summary", { textContent: _("Filters") });
      this.details = make("details", { className: "atlas-facets" }, this.summary, ...facets.map((facet) => this.facet(facet)), ...this.yearRange());
      this.controls = make("form", { className: "atlas-controls", onsubmit: (event) => event.preventDefault() });
      this.controls.setAttribute("aria-label", _("Filter and sort {name}", { name: this.name }));
      this.controls.append(
        make("label", { className: "atlas-field" }, _("Find in this table"), " ", this.search),
        this.sortMenu(),
        this.details.children.length > 1 ? this.details : "",
        make("div", { className: "atlas-line" }, this.status, this.clear),
        make("div", { className: "atlas-line" }, button(_("Download CSV"), () => this.exportCsv()), button(_("Download BibTeX"), () => this.exportBibtex())),
      );
      this.block.prepend(this.controls);
    }

    facet({ name, label, values }) {
      const boxes = values.map(([id, text, papers], value) => {
        const box = make("input", { type: "checkbox", name, value: id, autocomplete: "off" });
        box.addEventListener("change", () => this.change(() => this.state.chosen.get(name)[box.checked ? "add" : "delete"](value)));
        return make("label", {}, box, ` ${text} `, make("span", { className: "atlas-count", textContent: `(${papers})` }));
      });
      return make("fieldset", {}, make("legend", { textContent: label }), ...boxes);
    }

    yearRange() {
      const [first, last] = this.data.years;
      if (first === last) return [];
      const field = (name, text, placeholder) => {
        const input = make("input", { type: "text", inputMode: "numeric", maxLength: 4, placeholder, autocomplete: "off" });
        input.addEventListener("input", () => this.change(() => (this.state[name] = /^\d{4}$/.test(input.value) ? input.value : "")));
        this[name] = input;
        return make("label", {}, `${text} `, input);
      };
      return [make("fieldset", { className: "atlas-years" }, make("legend", { textContent: _("Year") }), field("from", _("From"), first), field("to", _("to"), last))];
    }

    sortMenu() {
      this.menu = make("select", { autocomplete: "off" });
      if (!this.data.columns.some(({ name }) => name === this.data.sort.replace(/^-/, ""))) {
        this.menu.append(make("option", { value: this.data.sort, textContent: _("As listed") }));
      }
      for (const { name, label } of this.data.columns) {
        this.menu.append(make("option", { value: name, textContent: _("{column}, ascending", { column: label }) }), make("option", { value: `-${name}`, textContent: _("{column}, descending", { column: label }) }));
      }
      this.menu.addEventListener("change", () => this.change(() => (this.state.sort = this.menu.value)));
      return make("label", { className: "atlas-field atlas-sort-menu" }, _("Sort by"), " ", this.menu);
    }

    sortButtons(table) {
      [...table.tHead.rows[0].cells].forEach((cell, index) => {
        const { name, label } = this.data.columns[index];
        const next = () => (this.state.sort === name ? `-${name}` : name);
        cell.replaceChildren(button(label, () => this.change(() => (this.state.sort = next())), "atlas-sort"));
        cell.dataset.column = name;
      });
    }

    // The meaning of the short codes shows when the pointer or the keyboard is on the head of their column; Escape hides it
    codes(table) {
      const list = this.block.querySelector(".atlas-codes");
      if (!list) return;
      list.id = `${this.id}-codes`;
      for (const head of table.querySelectorAll("th[data-column=level]")) {
        const tip = list.cloneNode(true);
        Object.assign(tip, { className: "atlas-tip", id: "", ariaHidden: "true" });
        head.append(tip);
        head.querySelector("button").setAttribute("aria-describedby", list.id);
        head.addEventListener("keydown", ({ key }) => key === "Escape" && head.classList.add("atlas-dismissed"));
        for (const event of ["focusout", "mouseleave"]) head.addEventListener(event, () => head.classList.remove("atlas-dismissed"));
      }
    }

    change(act) {
      act();
      this.apply();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.state.write(), 400);
    }

    restore() {
      clearTimeout(this.timer);
      this.state.read(this.data.columns);
      this.fill();
      this.details.open ||= this.state.active > 0;
      this.apply();
    }

    fill() {
      this.search.value = this.state.text;
      if (this.from) [this.from.value, this.to.value] = [this.state.from, this.state.to];
      for (const facet of this.data.facets) {
        const boxes = this.details.querySelectorAll(`input[name="${facet.name}"]`);
        boxes.forEach((box, place) => (box.checked = this.state.chosen.get(facet.name).has(place)));
      }
    }

    apply(ask = true) {
      const { state, data } = this;
      if (ask && (this.asked || data.group)) this.whole();
      if (state.sort !== this.sorted) this.sort();
      const words = fold(state.text).split(/\s+/).filter(Boolean);
      const asked = data.facets.flatMap(({ name }, index) => (state.chosen.get(name).size ? [[index + 3, state.chosen.get(name)]] : []));
      const passes = (entry) =>
        asked.every(([place, set]) => [entry.paper[place]].flat().some((value) => set.has(value))) &&
        (!state.from || (entry.paper[2] !== null && entry.paper[2] >= Number(state.from))) &&
        (!state.to || (entry.paper[2] !== null && entry.paper[2] <= Number(state.to))) &&
        (!words.length || words.every((word) => text(entry).includes(word)));
      this.listings.forEach((listing) => listing.filter(passes, this.asked));
      this.report();
    }

    sort() {
      const descending = this.state.sort.startsWith("-");
      const name = this.state.sort.replace(/^-/, "");
      const column = this.data.columns.findIndex((one) => one.name === name);
      this.sorted = this.menu.value = this.state.sort;
      // as the atlas sorted it: by a column that is not shown, or exactly as it stands
      if (column < 0 || this.state.sort === this.data.sort) this.listings.forEach((listing) => (listing.order = listing.rows));
      else this.listings.forEach((listing) => listing.sort(this.value(name, column), descending));
      for (const head of this.block.querySelectorAll("th")) {
        head.ariaSort = head.dataset.column === name ? (descending ? "descending" : "ascending") : null;
      }
    }

    // How the rows of a column are compared: years and counts as numbers, PEM and level in the policy's order, all else as text
    value(name, column) {
      const place = 3 + this.data.facets.findIndex((facet) => facet.name === name);
      if (name === "year") return ({ paper }) => paper[2];
      if (this.data.columns[column].numeric) {
        return ({ row }) => row.cells[column].textContent.match(/\d+/g)?.reduce((sum, digits) => sum + Number(digits), 0) ?? null;
      }
      if (place > 2 && ["pem", "level"].includes(name)) return ({ paper }) => paper[place];
      return ({ row }) => plain(row.cells[column].querySelector("a") ?? row.cells[column]) || null;
    }

    // Whether the table is another than the one that stands on the page
    get asked() {
      return Boolean(this.state.active || this.state.text || this.state.sort !== this.data.sort);
    }

    get papers() {
      return [...new Set(this.listings.flatMap(({ matching }) => matching.map(({ paper }) => paper)))];
    }

    report() {
      const { all } = this.data;
      const shown = this.asked ? this.papers.length : all;
      this.status.textContent = this.loading ? _("The other papers are on their way.")
        : this.failed ? _("Not all papers could be loaded. Under the table are links to all of them.")
        : !shown ? _("No paper matches.")
        : shown === all ? ngettext("{count} paper.", "{count} papers.", all, { count: number(all) })
        : ngettext("{shown} of {count} paper.", "{shown} of {count} papers.", all, { shown: number(shown), count: number(all) });
      const { active } = this.state;
      this.summary.textContent = active ? _("Filters ({count})", { count: active }) : _("Filters");
      this.clear.hidden = !active && !this.state.text;
      if (this.way) this.way.hidden = !this.failed;
    }

    async exportCsv() {
      await this.whole();
      if (this.failed) return;
      const { columns, group } = this.data;
      const head = [...(group ? [group] : []), ...columns.map(({ label }) => label), _("Key"), _("Page")];
      const rows = this.listings.flatMap(({ name, matching }) =>
        matching.map(({ row, paper }) => [...(group ? [name] : []), ...[...row.cells].map(plain), paper[0], row.querySelector("a")?.href ?? ""]),
      );
      download("papers.csv", "text/csv;charset=utf-8", `\ufeff${csv([head, ...rows])}`); // Excel needs the mark to see UTF-8
    }

    async exportBibtex() {
      await this.whole();
      if (this.failed) return;
      const { papers } = this;
      const folder = new URL(this.data.bibtex || "./", document.baseURI);
      try {
        const shards = [...new Set(papers.map(([, shard]) => shard))].map(async (shard) => {
          const answer = await fetch(new URL(`${shard}.json`, folder));
          if (!answer.ok) throw new Error(answer.statusText);
          return answer.json();
        });
        const entries = Object.assign({}, ...(await Promise.all(shards)));
        download("papers.bib", "application/x-bibtex;charset=utf-8", papers.map(([key]) => entries[key]).join("\n"));
      } catch {
        this.status.textContent = _("The BibTeX entries could not be loaded. Each paper's page has its own.");
      }
    }
  }

  const blocks = document.querySelectorAll(".atlas-tables");
  blocks.forEach((block, index) => new Explorer(block, index + 1, blocks.length > 1));
})();
