// Series of saves, each timed until a listener sees it.
import { nextMark } from "./catalog.mjs";
import { now } from "./listeners.mjs";

const REST = 300; // milliseconds between saves, in which standby processes and interpreters get ready
const UNCOUNTED = 2; // first saves of a series that are left out: the first edit of a file is measured by itself

/** Functions to run at the end of a measurement, last added first. */
export function endings() {
  const ends = [];
  return {
    after: (end) => ends.push(end),
    run: async () => {
      for (const end of ends.reverse()) await end();
    },
  };
}

/** Time one save until the listener sees it, then wait until the server has settled. */
export async function timeSave(server, listener, file, way) {
  const from = server.log.length;
  const mark = nextMark();
  const begun = now();
  file.save(way, mark);
  const took = (await listener.wait(mark)) - begun;
  await server.settled(from);
  return took;
}

/** A server with a pause after it has settled. */
export const rested = (server) => ({
  ...server,
  settled: async (from) => {
    await server.settled(from);
    await new Promise((done) => setTimeout(done, REST));
  },
});

export async function timeSaves(server, listener, file, way, saves) {
  const times = [];
  for (let n = 0; n < saves + UNCOUNTED; n++) times.push(await timeSave(server, listener, file, way));
  return times.slice(UNCOUNTED);
}
