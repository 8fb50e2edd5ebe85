import type { ApiOutputs } from "../../clients/api.ts";
import { Card } from "../ui/card.tsx";
import { Time } from "../ui/time.tsx";

type Overview = ApiOutputs["account"]["overview"];
type EventType = Overview["activity"][number]["type"];

/** What happened to an account, in words. */
export const EVENT_WORDS: Readonly<Record<EventType, string>> = {
  sign_up: "Signed up",
  verified: "Address confirmed",
  sign_in: "Signed in",
  sign_in_failed: "Somebody tried a wrong password",
  sign_out: "Signed out",
  password_changed: "Password changed",
  password_reset: "Password chosen anew by mail",
  email_change_asked: "Link sent to a new address",
  email_changed: "E-mail address changed",
  profile_changed: "Name or currency changed",
  session_revoked: "Signed out elsewhere",
  exported: "Everything downloaded",
  role_changed: "Role changed by an admin",
  role_decided: "Changed somebody’s role",
  deleted: "Account deleted",
};

/** What happened to the account, newest first. */
export function ActivityList({ activity }: { readonly activity: Overview["activity"] }) {
  return (
    <Card title="Lately">
      {activity.length === 0 ? (
        <p className="text-soft">Nothing has happened yet.</p>
      ) : (
        <ul className="divide-y divide-line">
          {activity.map(({ id, type, at }) => (
            <li key={id} className="flex flex-wrap justify-between gap-x-4 py-2 first:pt-0 last:pb-0">
              <span className={type === "sign_in_failed" ? "font-medium text-warn" : ""}>
                {EVENT_WORDS[type]}
              </span>
              <span className="text-sm text-soft">
                <Time at={at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
