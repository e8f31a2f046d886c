// The words of the scripts in the language of the site. They are English here; atlas-words.js, which a site in another
// language loads before this, has the others: a text for each text, or where a number decides, one for each of the forms
// that Intl.PluralRules names.
globalThis.atlasText = (() => {
  "use strict";
  const language = document.documentElement.lang || "en";
  const words = globalThis.atlasWords ?? {};
  const rules = new Intl.PluralRules(globalThis.atlasWords ? language : "en");
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_blank, name) => values[name]);
  return {
    _: (text, values = {}) => filled(words[text] ?? text, values),
    ngettext: (one, many, number, values = {}) => {
      const form = rules.select(number);
      return filled(words[one]?.[form] ?? words[one]?.other ?? (number === 1 ? one : many), values);
    },
    number: (value) => value.toLocaleString(globalThis.atlasWords ? language : "en"),
  };
})();

// Copy buttons for the citations of a page. Without script the text can be selected and the files downloaded.
(() => {
  "use strict";
  const { _ } = globalThis.atlasText;
  const blocks = document.querySelectorAll(".atlas-cite");
  if (!navigator.clipboard || !blocks.length) return;
  const said = document.createElement("p");  // what a screen reader says of it
  said.className = "atlas-said";
  said.setAttribute("role", "status");
  document.querySelector("main, .body, body").append(said);
  const tell = (element, label, words, all) => {
    element.textContent = words;
    said.textContent = all;
    setTimeout(() => { element.textContent = label; said.textContent = ""; }, 3000);
  };
  const button = (label, text) => {  // text: a function that gives the text, or a promise of it
    const element = document.createElement("button");
    element.type = "button";
    element.className = "atlas-copy";
    element.textContent = label;
    element.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(await text());
        tell(element, label, _("Copied"), _("{label}: copied", { label }));
      } catch {
        tell(element, label, _("Not copied"), _("{label}: the browser did not allow it. Please select the text and copy it.", { label }));
      }
    });
    return element;
  };
  const plain = element => element.textContent.replace(/\s+/g, " ").trim();
  const accessed = () => _("Accessed {date}.", { date: new Date().toISOString().slice(0, 10) });
  for (const block of blocks) {
    const citation = block.querySelector(".atlas-citation");
    const bibtex = block.querySelector(".atlas-bibtex");
    const snapshot = block.querySelector(".atlas-snapshot");
    const row = document.createElement("div");
    if (citation) {
      citation.after(row);
      row.append(button(_("Copy citation"), () => plain(citation)));
      if (bibtex) row.append(button(_("Copy BibTeX"), () => bibtex.textContent.trim()));
    }
    const downloads = block.querySelector(".atlas-downloads");
    for (const link of downloads ? downloads.querySelectorAll("a") : []) {
      if (link.textContent !== "BibTeX") row.append(button(_("Copy {format}", { format: link.textContent }), async () => {
        const answer = await fetch(link.href);
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.text();
      }));
    }
    if (snapshot) snapshot.after(button(_("Copy reference"), () => `${plain(snapshot)} ${accessed()}`));
  }
})();
