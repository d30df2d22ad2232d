import { VideoSDK } from "@plenum/js-sdk";
import { render } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import * as sdk from "../src/index.js";

afterEach(() => vi.restoreAllMocks());

test("what Plenum does not have rejects with 3068", async () => {
  const all = [
    sdk.useWhiteboard().startWhiteboard,
    sdk.useTranscription().startTranscription,
    sdk.useTranslation().startTranslation,
    sdk.useCharacter().join,
    sdk.useAgentParticipant("a").sendMessage,
  ];
  for (const action of all) await expect(action({})).rejects.toMatchObject({ code: 3068 });
});

test("devices are followed without a provider, by the newest callback", () => {
  const on = vi.spyOn(VideoSDK, "on").mockImplementation(() => undefined);
  const off = vi.spyOn(VideoSDK, "off").mockImplementation(() => undefined);
  const heard: string[] = [];
  function Watch({ name }: { name: string }) {
    sdk.useMediaDevice({ onDeviceChanged: () => heard.push(name) });
    return null;
  }
  const view = render(<Watch name="first" />);
  view.rerender(<Watch name="second" />);
  on.mock.calls[0]?.[1]({ devices: [] });
  expect(on).toHaveBeenCalledTimes(1);
  expect(heard).toEqual(["second"]);

  view.unmount();
  expect(off).toHaveBeenCalledTimes(1);
});

test("the SDK's own names are here too", () => {
  for (const given of [
    sdk.createCameraVideoTrack,
    sdk.createMicrophoneAudioTrack,
    sdk.createScreenShareVideoTrack,
    sdk.setLogLevel,
    sdk.runPreCallTest,
  ])
    expect(given).toBeTypeOf("function");
  expect(sdk.Constants).toBe(VideoSDK.Constants);
});
