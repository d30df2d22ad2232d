import { SegmentedControl, Select, Stack, Switch } from "@mantine/core";
import type { CompositionConfig } from "@plenum/js-sdk";
import { useState } from "react";
import { t } from "../strings";

export type Picture = "GRID" | "SPOTLIGHT" | "SIDEBAR";

/** How a recording or stream looks, as chosen so far. */
export interface Look {
  picture: Picture;
  quality: "low" | "med" | "high";
  audioOnly: boolean;
}

export function useLook() {
  return useState<Look>({ picture: "GRID", quality: "high", audioOnly: false });
}

/** In the words of the SDK. */
export function compositionOf({ picture, quality, audioOnly }: Look): CompositionConfig {
  return {
    layout: { type: picture, priority: "SPEAKER", gridSize: 25 },
    quality,
    mode: audioOnly ? "audio" : "video-and-audio",
  };
}

interface Props {
  look: Look;
  onLook(look: Look): void;
  /** Whether sound without picture is offered. */
  sound?: boolean;
}

/** Choices of a recording or stream. */
export function Composition({ look, onLook, sound = false }: Props) {
  return (
    <Stack gap="sm">
      <SegmentedControl
        fullWidth
        aria-label={t("picture")}
        disabled={look.audioOnly}
        value={look.picture}
        onChange={(picture) => onLook({ ...look, picture: picture as Picture })}
        data={[
          { value: "GRID", label: t("layoutGrid") },
          { value: "SPOTLIGHT", label: t("layoutSpotlight") },
          { value: "SIDEBAR", label: t("layoutSidebar") },
        ]}
      />
      <Select
        label={t("quality")}
        allowDeselect={false}
        value={look.quality}
        onChange={(quality) => quality && onLook({ ...look, quality: quality as Look["quality"] })}
        data={[
          { value: "low", label: t("qualityLow") },
          { value: "med", label: t("qualityMed") },
          { value: "high", label: t("qualityHigh") },
        ]}
      />
      {sound && (
        <Switch
          label={t("audioOnly")}
          checked={look.audioOnly}
          onChange={(e) => onLook({ ...look, audioOnly: e.currentTarget.checked })}
        />
      )}
    </Stack>
  );
}

/** What a button says and whether it waits, by the state of what it starts and stops. */
export function stepOf(
  state: string | null | undefined,
): "idle" | "starting" | "running" | "stopping" {
  if (!state || state.endsWith("_STOPPED")) return "idle";
  if (state.endsWith("_STARTING")) return "starting";
  return state.endsWith("_STOPPING") ? "stopping" : "running";
}
