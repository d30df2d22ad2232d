// The call page: a form, then a call, then the form again.
import "./style.css";
import { explain, obtainAccess, type Join } from "./access";
import { Call } from "./call";
import { joinForm } from "./join_form";

const app = document.querySelector<HTMLElement>("#app");
if (!app) throw new Error("index.html has no #app");
const page = app;

const form = joinForm(new URLSearchParams(location.search), (join) => void start(join));
page.append(form.root);

function showForm(error: string | undefined): void {
  page.replaceChildren(form.root);
  form.settle(error);
  document.title = "Plenum call";
}

/** So that the address bar is a link to the room. */
function putRoomIntoAddress(join: Join): void {
  const address = new URL(location.href);
  address.searchParams.set("room", join.room);
  history.replaceState(null, "", address);
}

async function start(join: Join): Promise<void> {
  const result = await obtainAccess(join, new URLSearchParams(location.search));
  if ("failure" in result) return showForm(explain(result.failure));
  let joined = false;
  const call = new Call(join.room, (explanation) => {
    if (joined) showForm(explanation);
  });
  try {
    await call.join(result.access);
  } catch (error) {
    return showForm(`Could not join: ${error instanceof Error ? error.message : String(error)}`);
  }
  joined = true;
  putRoomIntoAddress(join);
  document.title = `${join.room} – Plenum call`;
  page.replaceChildren(call.root);
}
