import type { Client } from "./client";
import type { Result } from "./result";
import type { DeadLetter, Job, LiveRoom, LiveRoomPage, Page, Session, Stats } from "./types";

export type JobKind = "recording" | "participant" | "track" | "composite" | "livestream" | "hls";

/** Below /v2; what ends one of them is `end`, for the three of one participant or some `stop`. */
const JOB_ROUTES: Record<JobKind, string> = {
  recording: "/v2/recordings",
  participant: "/v2/recordings/participant",
  track: "/v2/recordings/participant/track",
  composite: "/v2/recordings/composite",
  livestream: "/v2/livestreams",
  hls: "/v2/hls",
};

const one = encodeURIComponent;

export const listLiveRooms = (client: Client, page: number, signal?: AbortSignal) =>
  client.get<Page<LiveRoom>>("/v2/plenum/live/rooms", { page, perPage: 100 }, signal);

export const getLiveRoom = (client: Client, room: string, page: number, signal?: AbortSignal) =>
  client.get<LiveRoomPage>(`/v2/plenum/live/rooms/${one(room)}`, { page, perPage: 100 }, signal);

export interface SessionFilter {
  page: number;
  status?: "ongoing" | "ended";
  roomId?: string;
}
export const listSessions = (client: Client, filter: SessionFilter, signal?: AbortSignal) =>
  client.get<Page<Session>>("/v2/sessions", { ...filter, perPage: 25 }, signal);

export const getSession = (client: Client, id: string, signal?: AbortSignal) =>
  client.get<Session>(`/v2/sessions/${one(id)}`, {}, signal);

/** Everybody of a long session, page by page; `data` is the session with those of that page. */
export const listSessionParticipants = (
  client: Client,
  id: string,
  page: number,
  signal?: AbortSignal,
) =>
  client.get<{ pageInfo: Page<never>["pageInfo"]; data: Session }>(
    `/v2/sessions/${one(id)}/participants`,
    { page, perPage: 100 },
    signal,
  );

export const getSessionStats = (client: Client, id: string, signal?: AbortSignal) =>
  client.get<Stats>(`/v2/sessions/${one(id)}/stats`, {}, signal);

export const getParticipantStats = (
  client: Client,
  id: string,
  participant: string,
  signal?: AbortSignal,
) => client.get<Stats>(`/v2/sessions/${one(id)}/participant/${one(participant)}/stats`, {}, signal);

export interface JobFilter {
  page: number;
  roomId?: string;
  sessionId?: string;
}
export const listJobs = (client: Client, kind: JobKind, filter: JobFilter, signal?: AbortSignal) =>
  client.get<Page<Job>>(JOB_ROUTES[kind], { ...filter, perPage: 25 }, signal);

export function endJob(client: Client, kind: JobKind, job: Job): Promise<Result<unknown>> {
  const { roomId, participantId, id } = job;
  const [verb, body] = {
    recording: ["end", { roomId, id }] as const,
    livestream: ["end", { roomId, id }] as const,
    hls: ["end", { roomId, id }] as const,
    participant: ["stop", { roomId, participantId }] as const,
    track: ["stop", { roomId, participantId, kind: job.kind }] as const,
    composite: ["stop", { roomId, recordingId: id }] as const,
  }[kind];
  return client.post(`${JOB_ROUTES[kind]}/${verb}`, body);
}

export const deleteJob = (client: Client, kind: JobKind, id: string) =>
  client.remove(`${JOB_ROUTES[kind]}/${one(id)}`);

export const listDeadLetters = (client: Client, page: number, signal?: AbortSignal) =>
  client.get<Page<DeadLetter>>("/v2/plenum/webhooks/dead-letters", { page, perPage: 25 }, signal);

/** One by its id, or up to 1000 of an endpoint. */
export const replayDeadLetters = (client: Client, which: { id: string } | { endPoint: string }) =>
  client.post<{ replayed: number }>("/v2/plenum/webhooks/dead-letters/replay", which);

export const muteTrack = (client: Client, room: string, identity: string, trackSid: string) =>
  client.roomService("MutePublishedTrack", room, { identity, trackSid, muted: true });

/** @param revoke tokens made until now do not let the participant in again */
export const removeParticipant = (
  client: Client,
  room: string,
  identity: string,
  revoke: boolean,
) =>
  client.roomService("RemoveParticipant", room, {
    identity,
    ...(revoke && { revokeTokenTs: String(Math.floor(Date.now() / 1000) + 1) }),
  });

export const endRoom = (client: Client, room: string) => client.roomService("DeleteRoom", room, {});
