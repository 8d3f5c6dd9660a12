// Fields of files: limits at once, large files in pieces that continue after a break.
// Without this script the field is an ordinary one, up to the form's limit.
(function () {
  "use strict";
  if (window.officeUploads) return;
  window.officeUploads = true;

  const MB = 1024 * 1024;
  const RETRY_MS = [1000, 2000, 5000, 10000, 30000];

  function megabytes(bytes) {
    return (bytes / MB).toFixed(1);
  }

  function fill(text, facts) {
    return text.replace(/\{(\w+)\}/g, function (all, name) {
      return name in facts ? facts[name] : all;
    });
  }

  function token(element) {
    const form = element.closest("form");
    const field = form && form.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  function field(box) {
    const input = box.querySelector("input[type=file]");
    const list = box.querySelector(".files-list");
    const template = box.querySelector("template");
    const words = box.querySelector("[data-words]").dataset;
    const limit = {
      count: Number(box.dataset.count),
      max: Number(box.dataset.maxBytes),
      form: Number(box.dataset.formBytes),
      piece: Number(box.dataset.pieceBytes),
    };
    const memory = "uploads:" + location.pathname + ":" + box.dataset.name;
    const items = [];
    box.officeItems = items;

    function remember() {
      const kept = items
        .filter(function (item) { return item.id && item.state !== "refused"; })
        .map(function (item) {
          return { id: item.id, name: item.name, size: item.size, modified: item.modified };
        });
      try {
        if (kept.length) localStorage.setItem(memory, JSON.stringify(kept));
        else localStorage.removeItem(memory);
      } catch (error) { /* a browser that keeps nothing: no continuing after a reload */ }
    }

    function show(item, text) {
      const row = item.row;
      row.dataset.state = item.state;
      row.querySelector(".files-words").textContent = text || "";
      const bar = row.querySelector("progress");
      bar.hidden = !item.id || item.state === "refused" || item.state === "finished";
      bar.value = item.size ? Math.round((100 * item.offset) / item.size) : 0;
      row.querySelector("[data-do=pause]").hidden = item.state !== "running";
      row.querySelector("[data-do=resume]").hidden = !(item.state === "paused" && item.file);
      list.hidden = items.length === 0;
    }

    function progress(item) {
      const seconds = Math.max((Date.now() - item.begun) / 1000, 0.5);
      show(item, fill(words.progress, {
        done: megabytes(item.offset),
        all: megabytes(item.size),
        rate: megabytes((item.offset - item.from) / seconds),
      }));
    }

    function add(facts) {
      const row = template.content.firstElementChild.cloneNode(true);
      const item = Object.assign({ row: row, offset: 0, state: "new", tries: 0 }, facts);
      row.querySelector(".files-name").textContent = item.name;
      row.querySelector(".files-facts").textContent = megabytes(item.size) + " MB";
      row.querySelector("[data-do=pause]").addEventListener("click", function () {
        item.state = "paused";
        if (item.abort) item.abort.abort();
        show(item, fill(words.paused, { done: megabytes(item.offset), all: megabytes(item.size) }));
      });
      row.querySelector("[data-do=resume]").addEventListener("click", function () { run(item); });
      row.querySelector("[data-do=remove]").addEventListener("click", function () { remove(item); });
      items.push(item);
      list.append(row);
      return item;
    }

    function remove(item) {
      item.state = "removed";
      if (item.abort) item.abort.abort();
      if (item.id) call("DELETE", item, null, {}).catch(function () {});
      items.splice(items.indexOf(item), 1);
      item.row.remove();
      list.hidden = items.length === 0;
      remember();
      sendWithForm();
      input.focus();
    }

    // The small ones stay in the field itself and go with the form.
    function sendWithForm() {
      const kept = new DataTransfer();
      items.forEach(function (item) { if (item.state === "ready") kept.items.add(item.file); });
      input.files = kept.files;
    }

    function finished(item) {
      item.state = "finished";
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = box.dataset.name + "_uploads";
      hidden.value = item.id;
      item.row.append(hidden);
      show(item, words.finished);
      remember();
    }

    function refused(item, text) {
      item.state = "refused";
      show(item, text);
      remember();
    }

    function call(method, item, body, headers) {
      item.abort = new AbortController();
      return fetch(box.dataset.url + (item.id ? item.id + "/" : ""), {
        method: method,
        body: body,
        headers: Object.assign({ "X-CSRFToken": token(box), Accept: "application/json" }, headers),
        credentials: "same-origin",
        signal: item.abort.signal,
      });
    }

    async function begin(item) {
      const answer = await call("POST", item, JSON.stringify({
        purpose: box.dataset.purpose, name: item.name, size: item.size,
      }), { "Content-Type": "application/json" });
      const facts = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(facts.text), { final: answer.status < 500 });
      item.id = facts.id;
      item.offset = facts.offset;
      remember();
    }

    // One piece; the server's answer says where to go on, also after a wrong offset.
    async function send(item) {
      const end = Math.min(item.offset + limit.piece, item.size);
      const answer = await call("PATCH", item, item.file.slice(item.offset, end), {
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(item.offset),
      });
      const facts = await answer.json();
      if (answer.status === 404) throw Object.assign(new Error(facts.text), { final: true });
      if (facts.state === "refused") throw Object.assign(new Error(facts.text), { final: true });
      if (facts.id) item.offset = facts.offset;
      if (answer.status >= 500 || !facts.id) throw new Error(facts.text || "");
      return facts.state;
    }

    async function run(item) {
      item.state = "running";
      item.begun = Date.now();
      try {
        if (!item.id) await begin(item);
        item.from = item.offset;
        let state = "open";
        while (state === "open" && item.state === "running") {
          if (item.offset + limit.piece >= item.size) show(item, words.checking);
          else progress(item);
          state = await send(item);
          item.tries = 0;
        }
        if (state === "finished" || state === "used") finished(item);
      } catch (error) {
        if (item.state !== "running") return;
        if (error.final) {
          refused(item, error.message);
          return;
        }
        show(item, error.message && error.name === "Error" ? error.message : words.offline);
        setTimeout(function () {
          if (item.state === "running") run(item);
        }, RETRY_MS[Math.min(item.tries++, RETRY_MS.length - 1)]);
      }
    }

    function choose(file) {
      const known = items.find(function (item) {
        return item.id && !item.file && item.name === file.name && item.size === file.size &&
          item.modified === file.lastModified;
      });
      if (known) {
        known.file = file;
        run(known);
        return;
      }
      const facts = { file: file, name: file.name, size: file.size, modified: file.lastModified };
      const waiting = items.filter(function (item) { return item.state !== "refused"; }).length;
      const item = add(facts);
      if (!file.size) refused(item, words.empty);
      else if (file.size > limit.max) {
        refused(item, fill(words.large, { size: megabytes(file.size), limit: limit.max / MB }));
      } else if (waiting >= limit.count) refused(item, fill(words.many, { limit: limit.count }));
      else if (file.size <= limit.form) {
        item.state = "ready";
        show(item, words.ready);
      } else run(item);
    }

    input.addEventListener("change", function () {
      const chosen = Array.from(input.files);
      if (limit.count === 1) items.slice().forEach(remove);
      else {
        // A second choice adds to the first: the browser would have replaced it.
        items.filter(function (item) { return item.state === "refused"; }).forEach(remove);
      }
      const before = new Set(items.filter(function (item) { return item.file; }).map(function (item) {
        return item.name + item.size + item.modified;
      }));
      chosen.forEach(function (file) {
        if (!before.has(file.name + file.size + file.lastModified)) choose(file);
      });
      sendWithForm();
    });

    // What was on its way before a reload.
    let kept = [];
    try { kept = JSON.parse(localStorage.getItem(memory) || "[]"); } catch (error) { kept = []; }
    Promise.all(kept.map(async function (facts) {
      const answer = await fetch(box.dataset.url + facts.id + "/", {
        headers: { Accept: "application/json" }, credentials: "same-origin",
      }).catch(function () { return null; });
      if (!answer || !answer.ok) return;
      const found = await answer.json();
      if (found.state !== "open" && found.state !== "finished") return;
      const item = add(Object.assign({ file: null }, facts, { offset: found.offset }));
      if (found.state === "finished") {
        finished(item);
        return;
      }
      item.state = "paused";
      show(item, fill(words.choose, { done: megabytes(item.offset), all: megabytes(item.size) }));
    })).then(remember); // what was filed or has expired is forgotten
  }

  document.querySelectorAll("[data-files]").forEach(field);

  // Before the guard of app.js, which lets a form be sent only once.
  document.addEventListener("submit", function (event) {
    const running = Array.from(event.target.querySelectorAll("[data-files]")).find(function (box) {
      return (box.officeItems || []).some(function (item) {
        return item.state === "running" || item.state === "paused";
      });
    });
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const item = running.officeItems.find(function (each) {
      return each.state === "running" || each.state === "paused";
    });
    item.row.querySelector(".files-words").textContent =
      running.querySelector("[data-words]").dataset.wait;
    item.row.scrollIntoView({ block: "center" });
  }, true);
})();
