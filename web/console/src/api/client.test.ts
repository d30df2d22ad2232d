import { expect, it } from "vitest";
import { endJob, getLiveRoom, muteTrack, removeParticipant } from "./calls";
import { Client } from "./client";
import { Signer } from "./signer";

interface Sent {
  url: string;
  init: RequestInit;
}

/** A client whose calls are all answered so. */
async function clientAnswered(answer: () => Response | Promise<Response>) {
  const sent: Sent[] = [];
  const client = new Client(
    await Signer.create("key", "a secret of at least thirty-two bytes"),
    async (url, init) => {
      sent.push({ url: String(url), init: init ?? {} });
      return answer();
    },
  );
  return { client, sent };
}
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

it("asks with a signed token, and never sends the secret", async () => {
  const { client, sent } = await clientAnswered(() => json({ data: [] }));
  const result = await getLiveRoom(client, "a/b c", 2);
  expect(result).toEqual({ ok: true, value: { data: [] } });
  expect(sent[0]?.url).toBe("/v2/plenum/live/rooms/a%2Fb%20c?page=2&perPage=100");
  expect(JSON.stringify(sent)).not.toContain("a secret");
});

it("tells refusals of both families in their own words", async () => {
  const refused = json({ code: "ROOM_NOT_FOUND", message: "Room not found", requestId: "r1" }, 404);
  const rest = await clientAnswered(() => refused);
  expect(await rest.client.get("/v2/rooms/x")).toEqual({
    ok: false,
    error: { status: 404, code: "ROOM_NOT_FOUND", message: "Room not found", requestId: "r1" },
  });
  const twirp = await clientAnswered(() => json({ code: "not_found", msg: "no such track" }, 404));
  const muted = await muteTrack(twirp.client, "room", "ada", "TR_1");
  expect(muted).toMatchObject({ ok: false, error: { message: "no such track" } });
});

it("tells of answers that are none, and of a server that is away", async () => {
  const proxy = await clientAnswered(() => new Response("<html>", { status: 502 }));
  expect(await proxy.client.get("/v2/rooms")).toMatchObject({
    error: { status: 502, code: "HTTP_502" },
  });
  const away = await clientAnswered(() => Promise.reject(new TypeError("failed to fetch")));
  expect(await away.client.get("/v2/rooms")).toMatchObject({ error: { code: "OFFLINE" } });
});

it("removes with and without revoking tokens", async () => {
  const { client, sent } = await clientAnswered(() => json({}));
  await removeParticipant(client, "room", "ada", false);
  await removeParticipant(client, "room", "ada", true);
  const bodies = sent.map(({ init }) => JSON.parse(String(init.body)));
  expect(bodies[0]).toEqual({ room: "room", identity: "ada" });
  expect(Number(bodies[1].revokeTokenTs)).toBeGreaterThan(1_700_000_000);
});

it("ends each kind of recording in its own way", async () => {
  const { client, sent } = await clientAnswered(() => json({}));
  const job = { id: "j", roomId: "r", sessionId: "s", start: "", end: null, status: "recording" };
  await endJob(client, "recording", job);
  await endJob(client, "track", { ...job, participantId: "ada", kind: "audio" });
  await endJob(client, "composite", job);
  expect(sent.map(({ url, init }) => [url, JSON.parse(String(init.body))])).toEqual([
    ["/v2/recordings/end", { roomId: "r", id: "j" }],
    ["/v2/recordings/participant/track/stop", { roomId: "r", participantId: "ada", kind: "audio" }],
    ["/v2/recordings/composite/stop", { roomId: "r", recordingId: "j" }],
  ]);
});
