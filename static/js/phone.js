// The phone page: sending recordings, and the service worker that keeps static files only.
import "./tus-upload.js";

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch((error) => {
    console.warn("Blotter works without its service worker:", error.message);
  });
}
