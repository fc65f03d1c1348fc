// The connection to the server: opened again after it was lost, at once when the page is seen again.
const LONGEST_PAUSE = 5000; // milliseconds

/** Connect to /ws/reload; `receive` gets each message, `show` the state: connected, building, disconnected. */
export function connect(token, page, receive, show) {
  let socket = null;
  let pause = 250;
  let timer = 0;

  const open = () => {
    clearTimeout(timer);
    timer = 0;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/ws/reload?token=${token}`);
    socket.addEventListener("open", () => {
      pause = 250;
      show("connected");
      socket.send(JSON.stringify({ type: "hello", page: page() }));
    });
    socket.addEventListener("message", (event) => receive(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      show("disconnected");
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  };
  const wake = () => {
    if (document.visibilityState === "visible" && timer) open();
  };
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  open();
}
