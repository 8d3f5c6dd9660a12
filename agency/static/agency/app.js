// Behaviour that every page shares. No page needs it to work.
(function () {
  "use strict";

  // A form sent twice by a double click is sent once; the server refuses the second one anyway.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.querySelectorAll("button[type=submit]").forEach(function (button) {
      button.setAttribute("aria-disabled", "true");
      button.classList.add("sending");
    });
  });

  // Coming back with the browser's button shows a usable form again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-once]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("button.sending").forEach(function (button) {
        button.removeAttribute("aria-disabled");
        button.classList.remove("sending");
      });
    });
  });

  document.addEventListener("click", function (event) {
    const print = event.target.closest("[data-print]");
    if (print) window.print();
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) {
      const text = document.querySelector(copy.dataset.copy).textContent;
      navigator.clipboard.writeText(text).then(function () {
        copy.textContent = copy.dataset.copied;
      });
    }
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });

  // One box in the head of a table ticks the boxes of its rows.
  document.addEventListener("change", function (event) {
    const all = event.target.closest("[data-tick-all]");
    if (!all) return;
    const name = all.dataset.tickAll;
    all.closest("table").querySelectorAll('input[name="' + name + '"]').forEach(function (box) {
      box.checked = all.checked;
    });
  });

  // "/" goes to the search field, as in other tools people use all day.
  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing) {
      const field = document.querySelector("main input[type=search], .filters input[type=text], .find input");
      if (field) {
        event.preventDefault();
        field.focus();
      }
    }
  });

  // The explanation of a deadline opens beside it, above everything else; the browser closes it at
  // Escape or a click elsewhere and gives the focus back.
  document.addEventListener("htmx:afterSwap", function (event) {
    const pop = event.target.querySelector("[data-pop]");
    if (!pop || !pop.showPopover) return;
    const opener = event.target.previousElementSibling.getBoundingClientRect();
    pop.addEventListener("toggle", function (change) {
      if (change.newState === "closed") pop.remove();
    });
    pop.showPopover();
    const box = pop.getBoundingClientRect();
    const below = opener.bottom + 6;
    const fits = below + box.height < window.innerHeight;
    pop.style.top = Math.max(8, fits ? below : opener.top - box.height - 6) + "px";
    pop.style.left =
      Math.max(8, Math.min(opener.left, window.innerWidth - box.width - 8)) + "px";
    pop.focus();
  });
  document.addEventListener("click", function (event) {
    const close = event.target.closest("[data-pop-close]");
    if (close) close.closest("[data-pop]").remove();
  });

  const errors = document.querySelector(".form-errors");
  if (errors) errors.focus();
})();
