// Warns two minutes before an idle session ends; one click stays. Tabs know of each other.
(function () {
  "use strict";

  const box = document.querySelector("[data-idle-minutes]");
  if (!box) return;
  const limit = Number(box.dataset.idleMinutes) * 60;
  const warning = Math.min(120, limit / 2);
  const key = "last-click";
  const left = box.querySelector(".idle-left");

  function touch() {
    try {
      localStorage.setItem(key, String(Date.now()));
    } catch (_full) {
      own = Date.now();
    }
  }

  function idleSeconds() {
    let last = own;
    try {
      last = Math.max(last, Number(localStorage.getItem(key)) || 0);
    } catch (_blocked) {
      // This tab alone is counted then.
    }
    return (Date.now() - last) / 1000;
  }

  function stay() {
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
    fetch(box.dataset.alive, { method: "POST", headers: token }).then(function (answer) {
      if (answer.status === 204) {
        own = Date.now();
        touch();
        box.hidden = true;
      } else {
        leave();
      }
    });
  }

  function leave() {
    const here = location.pathname + location.search;
    const query = "next=" + encodeURIComponent(here) + "&minutes=" + box.dataset.idleMinutes;
    location.assign(box.dataset.expired + "?" + query);
  }

  let own = Date.now();
  touch();
  document.addEventListener("htmx:beforeRequest", function (event) {
    const poll = event.detail.requestConfig && event.detail.requestConfig.headers["X-Poll"];
    if (!poll) touch();
  });
  box.querySelector("button").addEventListener("click", stay);
  setInterval(function () {
    const rest = Math.ceil(limit - idleSeconds());
    if (rest <= -60) {
      leave();
      return;
    }
    const shown = rest <= warning;
    if (shown && box.hidden) box.querySelector("button").focus();
    box.hidden = !shown;
    if (shown) {
      const seconds = Math.max(0, rest);
      left.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    }
  }, 1000);
})();
