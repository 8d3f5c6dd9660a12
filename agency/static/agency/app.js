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
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });

  // "/" goes to the search field, as in other tools people use all day.
  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing) {
      const field = document.querySelector("input[type=search], .filters input[type=text]");
      if (field) {
        event.preventDefault();
        field.focus();
      }
    }
  });

  const errors = document.querySelector(".form-errors");
  if (errors) errors.focus();
})();
