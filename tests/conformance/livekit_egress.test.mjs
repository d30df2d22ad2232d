// livekit.Egress by the published server SDK: what a real room's jobs say, send and leave behind.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  EgressClient,
  EgressStatus,
  EncodedFileOutput,
  EncodingOptionsPreset,
  SegmentedFileOutput,
  StreamOutput,
  StreamProtocol,
  DirectFileOutput,
  RoomServiceClient,
  TrackSource,
} from 'livekit-server-sdk';
import { probe } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { RtmpServer } from '../e2e/lib/rtmp_server.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer } from '../e2e/lib/server.mjs';
import { API_KEY, API_SECRET, goodClaims, forge } from '../e2e/lib/token.mjs';
import { OTHER_KEY, OTHER_SECRET, TWO_KEYS } from './lib/rest.mjs';
import { WebhookReceiver } from './lib/webhook_receiver.mjs';

const clientFor = (server, key = API_KEY, secret = API_SECRET) =>
  new EgressClient(server.httpUrl, key, secret);

/** An error of the given Twirp code. */
const twirp = (code) => (error) => {
  assert.equal(error.code, code, `${error}`);
  return true;
};

const file = (filepath) => ({ file: new EncodedFileOutput({ filepath }) });

/** The egress with that id, once `accept` takes it. */
const reaches = (egress, egressId, what, accept) =>
  until(
    what,
    async () => (await egress.listEgress({ egressId }))[0],
    (info) => info && accept(info),
    { timeoutMs: 15_000 },
  );
const isActive = (info) => info.status === EgressStatus.EGRESS_ACTIVE;
const hasEnded = (info) => info.endedAt > 0n;

async function trackOf(scene, identity, source) {
  const rooms = new RoomServiceClient(scene.server.httpUrl, API_KEY, API_SECRET);
  const found = await until('it is published', async () => {
    const { tracks } = await rooms.getParticipant(scene.room, identity);
    return tracks.find((track) => track.source === source);
  });
  return found.sid;
}

async function publisher(scene, identity) {
  const client = await scene.join('native', identity);
  await client.call('publishPattern', { sender: 1, width: 640, height: 360 });
  await client.call('publishTone', { hz: 440 });
  return client;
}

test('a room goes to a file, HLS and RTMP, and each step is told', { skip: needsOwnServer, timeout: 90_000 }, async () => {
  let server;
  const receiver = await WebhookReceiver.start(() => server.httpUrl);
  const rtmp = await RtmpServer.start();
  try {
    await inScene({ flags: [...TWO_KEYS.flags, '--webhook-allow-private'] }, async (scene) => {
      server = scene.server;
      const egress = clientFor(server);
      await publisher(scene, 'ada');
      const started = await egress.startRoomCompositeEgress(
        scene.room,
        {
          ...file('films/{room_name}'),
          segments: new SegmentedFileOutput({ playlistName: 'hls/list.m3u8' }),
          stream: new StreamOutput({
            protocol: StreamProtocol.RTMP,
            urls: [`${rtmp.url}/first-secret`],
          }),
        },
        {
          layout: 'grid',
          encodingOptions: EncodingOptionsPreset.H264_720P_30,
          webhooks: [{ url: receiver.url }],
        },
      );
      const { egressId } = started;
      assert.match(egressId, /^EG_[0-9a-f]{24}$/);
      assert.equal(started.status, EgressStatus.EGRESS_STARTING);
      assert.equal(started.request.value.roomName, scene.room);
      const active = await reaches(egress, egressId, 'all outputs are live', (info) =>
        isActive(info) && info.streamResults[0].startedAt > 0n && info.segmentResults[0].startedAt > 0n);
      assert.equal(active.roomName, scene.room);
      assert.match(active.roomId, /^RM_/);
      assert.equal(active.streamResults[0].url, `${rtmp.url}/{****et}`);
      assert.equal(active.fileResults[0].filename, `films/${scene.room}.mp4`);

      const listed = await egress.listEgress({ roomName: scene.room, active: true });
      assert.deepEqual(listed.map((i) => i.egressId), [egressId]);
      await egress.updateLayout(egressId, 'single-speaker-light');
      await egress.updateStream(egressId, [`${rtmp.url}/second-secret`]);
      await reaches(egress, egressId, 'the second stream is live', (i) => i.streamResults[1]?.startedAt > 0n);
      await egress.updateStream(egressId, [], [`${rtmp.url}/first-secret`]);
      await reaches(egress, egressId, 'the first one has ended', (i) => i.streamResults[0].endedAt > 0n);
      const other = clientFor(server, OTHER_KEY, OTHER_SECRET);
      await assert.rejects(other.stopEgress(egressId), twirp('not_found'));
      assert.deepEqual(await other.listEgress({ egressId }), []);
      await delay(1500);

      const stopping = await egress.stopEgress(egressId);
      assert.equal(stopping.status, EgressStatus.EGRESS_ENDING);
      const ended = await reaches(egress, egressId, 'it has ended', hasEnded);
      assert.equal(ended.status, EgressStatus.EGRESS_COMPLETE, ended.toJsonString());
      await assert.rejects(egress.stopEgress(egressId), twirp('failed_precondition'));
      assert.deepEqual(await egress.listEgress({ roomName: scene.room, active: true }), []);
      assert.ok(!ended.toJsonString().includes('secret'), ended.toJsonString());

      const [result] = ended.fileResults;
      const response = await fetch(result.location);
      assert.equal(response.status, 200);
      const path = join(server.dataDir, 'downloaded.mp4');
      writeFileSync(path, Buffer.from(await response.arrayBuffer()));
      const found = await probe(path);
      assert.equal(found.video.codec_name, 'h264');
      assert.equal(found.audio.codec_name, 'aac');
      assert.deepEqual([found.video.width, found.video.height], [1280, 720]);
      assert.ok(Math.abs(found.seconds - Number(result.duration) / 1e9) < 0.2, `${found.seconds} s`);
      assert.equal((await probe(ended.segmentResults[0].playlistLocation)).video.codec_name, 'h264');
      assert.equal(rtmp.files().length, 2);
      for (const streamed of rtmp.files())
        assert.equal((await probe(streamed)).video.codec_name, 'h264');

      const events = () => receiver.events.filter((e) => e.data.egressInfo);
      await until('the end is told', events, (e) => e.at(-1)?.type === 'egress_ended', { timeoutMs: 10_000 });
      const types = events().map((e) => e.type);
      assert.deepEqual(receiver.faults, []);
      assert.equal(types[0], 'egress_started');
      assert.equal(types.filter((t) => t !== 'egress_updated').join(), 'egress_started,egress_ended');
      const statuses = events().map((e) => e.data.egressInfo.status);
      assert.deepEqual([...statuses].sort(), statuses, 'they come in their order');
      assert.equal(events().at(-1).data.egressInfo.fileResults[0].size, result.size);
    });
  } finally {
    await rtmp.close();
    await receiver.close();
  }
});

test('a participant and its tracks are recorded until it leaves', { skip: needsOwnServer, timeout: 60_000 }, () =>
  inScene({}, async (scene) => {
    const egress = clientFor(scene.server);
    await scene.join('native', 'ben');
    const ada = await publisher(scene, 'ada');
    const whole = await egress.startParticipantEgress(scene.room, 'ada', file('{publisher_identity}'));
    assert.equal(whole.fileResults[0].filename, 'ada.mp4');
    const camera = await trackOf(scene, 'ada', TrackSource.CAMERA);
    const microphone = await trackOf(scene, 'ada', TrackSource.MICROPHONE);
    const sound = await egress.startTrackEgress(
      scene.room,
      new DirectFileOutput({ filepath: 'rec/{publisher_identity}-{track_type}' }),
      microphone,
    );
    assert.equal(sound.request.case, 'track');
    const picture = await egress.startTrackEgress(scene.room, new DirectFileOutput(), camera);
    for (const { egressId } of [whole, sound, picture])
      await reaches(egress, egressId, 'it is recorded', isActive);
    await delay(1500);
    await ada.call('unpublish', 'microphone');
    const heard = await reaches(egress, sound.egressId, 'it ends with its track', hasEnded);
    assert.equal(heard.status, EgressStatus.EGRESS_COMPLETE, heard.toJsonString());
    assert.equal(heard.fileResults[0].filename, 'rec/ada-audio.ogg');
    const copied = await probe(heard.fileResults[0].location);
    assert.equal(copied.audio.codec_name, 'opus');
    assert.ok(copied.seconds > 1, `${copied.seconds} s`);
    await ada.call('disconnect');
    const seen = await reaches(egress, picture.egressId, 'it ends with its participant', hasEnded);
    assert.equal((await probe(seen.fileResults[0].location)).video.codec_name, 'vp8');
    const ended = await reaches(egress, whole.egressId, 'it has ended', hasEnded);
    assert.equal(ended.status, EgressStatus.EGRESS_COMPLETE, ended.toJsonString());
    assert.ok(ended.fileResults[0].duration > 1_000_000_000n);
  }));

test('what cannot be is refused with its reason', { skip: needsOwnServer, timeout: 60_000 }, () =>
  inScene({}, async (scene) => {
    const egress = clientFor(scene.server);
    await scene.join('native', 'ada');
    const refused = (call, code) => assert.rejects(call, twirp(code));
    await refused(egress.startRoomCompositeEgress('no such room', file('x')), 'not_found');
    await refused(egress.startRoomCompositeEgress(scene.room, file('../x')), 'invalid_argument');
    await refused(egress.startRoomCompositeEgress(scene.room, file('/etc/x')), 'invalid_argument');
    await refused(egress.startRoomCompositeEgress(scene.room, file('x'), { layout: 'circle' }), 'invalid_argument');
    await refused(egress.startParticipantEgress(scene.room, 'nobody', file('x')), 'not_found');
    await refused(
      egress.startTrackEgress(scene.room, new DirectFileOutput(), 'TR_nobody'),
      'not_found',
    );
    await refused(egress.startTrackEgress(scene.room, 'wss://x.example', 'TR_1'), 'unimplemented');
    await refused(egress.startWebEgress('https://page.example', file('x')), 'unimplemented');
    await refused(egress.stopEgress('EG_000000000000000000000000'), 'not_found');
    await refused(egress.stopEgress('anything'), 'not_found');
    const token = forge(goodClaims(scene.room, 'ada'));
    const response = await fetch(`${scene.server.httpUrl}/twirp/livekit.Egress/ListEgress`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: '{}',
    });
    assert.equal(response.status, 401);
    assert.deepEqual(await egress.listEgress(), []);
  }));
