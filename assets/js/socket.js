// The connection to the server. It is reopened when it is lost, and at once when the page becomes visible.
const SHORTEST_PAUSE = 250; // milliseconds
const LONGEST_PAUSE = 5000;
const LONGEST_SILENCE = 3000;

/**
 * Connect to ws/reload below `base`; `receive` gets each message, `show` the state: connected, building, disconnected. Returns
 * what says anew which page is shown.
 */
export function connect(base, token, page, receive, show) {
  let socket = null;
  let pause = SHORTEST_PAUSE;
  let retry = 0;
  let silence = 0;

  const hello = () => socket.send(JSON.stringify({ type: "hello", page: page() }));
  const lost = (event) => {
    if (event.target !== socket) return;
    socket = null;
    clearTimeout(silence);
    show("disconnected");
    retry = setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
  const open = () => {
    clearTimeout(retry);
    const address = new URL(`ws/reload?token=${token}`, base);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(address);
    socket.addEventListener("open", () => {
      pause = SHORTEST_PAUSE;
      hello();
    });
    socket.addEventListener("message", (event) => {
      clearTimeout(silence);
      receive(JSON.parse(event.data));
    });
    socket.addEventListener("close", lost);
  };
  // A connection may have died unnoticed while the machine slept: if it does not answer, it is closed.
  const wake = () => {
    if (document.visibilityState !== "visible") return;
    if (socket?.readyState === WebSocket.OPEN) {
      hello();
      const asked = socket;
      clearTimeout(silence);
      silence = setTimeout(() => {
        asked.close();
        lost({ target: asked });
      }, LONGEST_SILENCE);
    } else if (socket?.readyState !== WebSocket.CONNECTING) {
      pause = SHORTEST_PAUSE;
      open();
    }
  };
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  addEventListener("pageshow", (event) => event.persisted && wake());
  open();
  return () => socket?.readyState === WebSocket.OPEN && hello();
}
