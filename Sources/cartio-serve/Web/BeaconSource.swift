/// The script that a storefront's pages load: it says which cart a visitor has.
///
/// It reads the storefront's own list of carts once a page, after a cart may have been made, and sends the
/// id with a session id of its own. It sends nothing that the visitor typed.
enum BeaconSource {
  static let text = """
    (function () {
      "use strict";
      var script = document.currentScript;
      if (!script || !window.fetch || !navigator.sendBeacon) { return; }
      var address = new URL("beacon", script.src).href;
      var sent = {};
      function session() {
        try {
          var id = sessionStorage.getItem("cartio_session");
          if (!id) {
            id = Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
              return byte.toString(16).padStart(2, "0");
            }).join("");
            sessionStorage.setItem("cartio_session", id);
          }
          return id;
        } catch (error) { return ""; }
      }
      function report() {
        fetch("/api/storefront/carts", { credentials: "same-origin" })
          .then(function (answer) { return answer.ok ? answer.json() : []; })
          .then(function (carts) {
            carts.forEach(function (cart) {
              if (!cart.id || sent[cart.id]) { return; }
              sent[cart.id] = navigator.sendBeacon(
                address, JSON.stringify({ cart: cart.id, session: session() }));
            });
          })
          .catch(function () {});
      }
      report();
      // A first product is added without a new page; the storefront is asked once more, not at intervals.
      document.addEventListener("submit", function (event) {
        var form = event.target;
        if (form && /cart\\.php/.test(form.action || "")) { setTimeout(report, 3000); }
      });
    })();

    """
}
