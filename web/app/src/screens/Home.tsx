import { Button, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Shell } from "../parts/Shell";
import { t } from "../strings";

/** Where a meeting begins on a development server. `onRoom` gets a name, or nothing for a new room. */
export function Home({ onRoom }: { onRoom(name?: string): void }) {
  const [name, setName] = useState("");
  const go = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) onRoom(name);
  };
  return (
    <Shell>
      <section className="home" data-testid="home">
        <Title order={1}>{t("homeTitle")}</Title>
        <Text c="dimmed" size="lg">
          {t("homeText")}
        </Text>
        <Button size="lg" onClick={() => onRoom()}>
          {t("newMeeting")}
        </Button>
        <form className="home-form" onSubmit={go}>
          <TextInput
            aria-label={t("meetingName")}
            placeholder={t("meetingNameHint")}
            size="md"
            maxLength={128}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button size="md" variant="default" type="submit" disabled={!name.trim()}>
            {t("joinMeeting")}
          </Button>
        </form>
      </section>
    </Shell>
  );
}
