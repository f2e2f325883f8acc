"use strict";
// The search over all models, and the filter of a model's fields. Texts of the server are set as text, never as HTML.
(function () {
  const MOST = 60;
  const root = document.documentElement.dataset.root || "";

  function words(text) {
    return text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  // The data is large, so that a page loads it when somebody searches.
  let waiting = null;
  function withModels(then) {
    if (window.odxModels) {
      then(window.odxModels);
      return;
    }
    const isFirst = waiting === null;
    waiting = then;
    if (!isFirst) return;
    const script = document.createElement("script");
    script.src = root + "assets/search.js";
    script.onload = () => waiting(window.odxModels);
    document.head.append(script);
  }

  // How well a name meets the words; lower is better.
  function distance(name, wanted) {
    if (name === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    return name.includes(wanted) ? 2 : 3;
  }

  // Every word has to be somewhere: in the model or its label, or in the field, its label or its type.
  function find(models, query) {
    const wanted = words(query);
    const whole = wanted.join(" ");
    const found = [];
    for (const [model, label, page, fields] of models) {
      const ofModel = (model + " " + label).toLowerCase();
      const left = wanted.filter((word) => !ofModel.includes(word));
      const address = root + "models/" + page + ".html";
      if (left.length === 0) {
        const near = Math.min(distance(model, whole), distance(label.toLowerCase(), whole));
        found.push({ rank: near, size: model.length, name: model, text: label, href: address });
      }
      for (const [field, fieldLabel, type, anchor] of fields) {
        const path = model + "." + field;
        const ofField = (field + " " + fieldLabel + " " + type).toLowerCase();
        const isPath = path.includes(whole) && whole.length > model.length;
        // A field is found by a word of its own, not by its model alone.
        if (!isPath && !wanted.some((word) => ofField.includes(word))) continue;
        if (!isPath && !left.every((word) => ofField.includes(word))) continue;
        const last = wanted[wanted.length - 1];
        const near = Math.min(distance(field, last), distance(fieldLabel.toLowerCase(), whole), distance(path, whole));
        found.push({
          rank: near + 0.5,
          size: path.length,
          name: path,
          text: fieldLabel + ", " + type,
          href: address + "#" + anchor,
        });
      }
    }
    found.sort((a, b) => a.rank - b.rank || a.size - b.size || (a.name < b.name ? -1 : 1));
    return found;
  }

  function entry(result) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const name = document.createElement("code");
    const text = document.createElement("span");
    name.textContent = result.name;
    text.textContent = result.text;
    link.href = result.href;
    link.append(name, text);
    item.append(link);
    return item;
  }

  function startSearch() {
    const input = document.getElementById("search");
    const section = document.getElementById("found");
    const count = document.getElementById("found-count");
    const list = document.getElementById("found-list");

    function show(query, found) {
      // Another may have been typed since.
      if (input.value !== query) return;
      list.replaceChildren(...found.slice(0, MOST).map(entry));
      count.textContent =
        found.length === 0
          ? "Nothing is called “" + query.trim() + "”."
          : found.length > MOST
            ? MOST + " of " + found.length + " results"
            : found.length === 1
              ? "1 result"
              : found.length + " results";
    }

    function search() {
      const query = input.value;
      const isEmpty = words(query).length === 0;
      section.hidden = isEmpty;
      document.body.classList.toggle("searching", !isEmpty);
      if (!isEmpty) withModels((models) => show(query, find(models, query)));
    }

    input.addEventListener("input", search);
    document.getElementById("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const first = list.querySelector("a");
      if (first) first.click();
    });
    // A link to the page that one is on ends the search.
    list.addEventListener("click", () => {
      input.value = "";
      search();
    });
    document.addEventListener("keydown", (event) => {
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.focus();
      } else if (event.key === "Escape" && event.target === input) {
        input.value = "";
        search();
      }
    });
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) input.value = asked;
    // A browser may keep what was typed when one comes back.
    search();
  }

  function startFilter() {
    const form = document.getElementById("field-filter");
    if (!form) return;
    const text = document.getElementById("filter");
    const count = document.getElementById("filter-count");
    const boxes = [...form.querySelectorAll("input[type=checkbox]")];
    const rows = [...document.querySelectorAll("#fields-table tbody tr")];
    const texts = rows.map((row) => row.textContent.toLowerCase());

    function filter() {
      const wanted = words(text.value);
      const needed = boxes.filter((box) => box.checked).map((box) => "data-" + box.name);
      let shown = 0;
      rows.forEach((row, index) => {
        const fits =
          wanted.every((word) => texts[index].includes(word)) && needed.every((flag) => row.hasAttribute(flag));
        row.hidden = !fits;
        if (fits) shown += 1;
      });
      count.textContent = shown === rows.length ? shown + " fields" : shown + " of " + rows.length + " fields";
    }

    function showTarget() {
      const row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (row && row.hidden) {
        form.reset();
        filter();
        row.scrollIntoView();
      }
    }

    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("hashchange", showTarget);
    filter();
    showTarget();
  }

  startSearch();
  startFilter();
})();
