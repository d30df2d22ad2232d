import {
  Button,
  Checkbox,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { Credentials } from "../api/remembered";
import type { ApiError } from "../api/result";
import { Failure } from "./Failure";

interface Props {
  busy: boolean;
  error?: ApiError;
  onSubmit: (credentials: Credentials, keep: boolean) => void;
}

export function SignIn({ busy, error, onSubmit }: Props) {
  const [apiKey, setApiKey] = useState("");
  const [secret, setSecret] = useState("");
  const [keep, setKeep] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (apiKey && secret) onSubmit({ apiKey, secret }, keep);
  };
  return (
    <main className="sign-in">
      <Paper withBorder shadow="sm" p="xl" radius="md" component="form" onSubmit={submit}>
        <Stack>
          <div>
            <img src="./icon.svg" alt="" width={40} height={40} />
            <Title order={1} size="h3">
              Plenum console
            </Title>
            <Text size="sm" c="dimmed">
              For operators. Signs in with an API key of this server.
            </Text>
          </div>
          <TextInput
            label="API key"
            value={apiKey}
            onChange={(e) => setApiKey(e.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            data-autofocus
          />
          <PasswordInput
            label="Secret"
            description="Stays in this browser, which signs with it; it is never sent."
            value={secret}
            onChange={(e) => setSecret(e.currentTarget.value)}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": "Show the secret", tabIndex: 0 }}
            required
          />
          <Checkbox
            label="Remember in this tab"
            checked={keep}
            onChange={(e) => setKeep(e.currentTarget.checked)}
          />
          {error && <Failure error={error} title="Not signed in" />}
          <Button type="submit" loading={busy} leftSection={<IconKey size={18} />}>
            Sign in
          </Button>
        </Stack>
      </Paper>
    </main>
  );
}
