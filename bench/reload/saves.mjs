// Series of saves, each timed up to the moment at which a listener saw it.
import { nextMark } from "./catalog.mjs";
import { now } from "./listeners.mjs";

const REST = 300; // milliseconds between saves: processes and interpreters that wait get ready meanwhile
const UNCOUNTED = 2; // the first saves of a series: a file that was not edited before is a figure of its own

/** What ends after a measurement, in the opposite order of its start. */
export function endings() {
  const ends = [];
  return {
    after: (end) => ends.push(end),
    run: async () => {
      for (const end of ends.reverse()) await end();
    },
  };
}

/** One save, up to the moment at which the listener saw it; then the server comes to rest. */
export async function timeSave(server, listener, file, way) {
  const from = server.log.length;
  const mark = nextMark();
  const begun = now();
  file.save(way, mark);
  const took = (await listener.wait(mark)) - begun;
  await server.settled(from);
  return took;
}

/** A server that comes to rest, and then stays so for a while. */
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
