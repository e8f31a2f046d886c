// Copy buttons for the citations of a page. Without script the text can be selected and the files downloaded.
(() => {
  "use strict";
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
        tell(element, label, "Copied", `${label}: copied`);
      } catch {
        tell(element, label, "Not copied", `${label}: the browser did not allow it. Please select the text and copy it.`);
      }
    });
    return element;
  };
  const plain = element => element.textContent.replace(/\s+/g, " ").trim();
  const accessed = () => `Accessed ${new Date().toISOString().slice(0, 10)}.`;
  for (const block of blocks) {
    const citation = block.querySelector(".atlas-citation");
    const bibtex = block.querySelector(".atlas-bibtex");
    const snapshot = block.querySelector(".atlas-snapshot");
    const row = document.createElement("div");
    if (citation) {
      citation.after(row);
      row.append(button("Copy citation", () => plain(citation)));
      if (bibtex) row.append(button("Copy BibTeX", () => bibtex.textContent.trim()));
    }
    const downloads = block.querySelector(".atlas-downloads");
    for (const link of downloads ? downloads.querySelectorAll("a") : []) {
      if (link.textContent !== "BibTeX") row.append(button(`Copy ${link.textContent}`, async () => {
        const answer = await fetch(link.href);
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.text();
      }));
    }
    if (snapshot) snapshot.after(button("Copy reference", () => `${plain(snapshot)} ${accessed()}`));
  }
})();
