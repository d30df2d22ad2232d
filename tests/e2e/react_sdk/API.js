const settings = new URLSearchParams(window.location.search);
export const serverUrl = settings.get('server');
export const authToken = settings.get('token');

export const createMeeting = async ({ token }) => {
  const res = await fetch(`${serverUrl}/v2/rooms`, {
    method: 'POST',
    headers: { authorization: `${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({}),
  });
  if (!res.ok) throw new Error(`Failed to create meeting: ${res.status}`);
  const { roomId } = await res.json();
  return roomId;
};
