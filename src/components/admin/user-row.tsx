import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { User } from "../../clients/api.ts";
import { dayText } from "../../texts/amounts.ts";
import { Badge } from "../ui/badge.tsx";
import { Button, SECONDARY } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { DataRow } from "../ui/data-list.tsx";
import { type ListedUser, useRoleChange } from "./use-role-change.ts";

interface UserRowProps {
  readonly user: ListedUser;
  /** Who looks. */
  readonly self: User;
}

export function UserRow({ user, self }: UserRowProps) {
  const { id, name, email, emailVerified, role, createdAt } = user;
  return (
    <DataRow
      end={
        <>
          <Link
            to="/admin/events"
            search={{ user: id }}
            aria-label={`Events of ${email}`}
            className={SECONDARY}
          >
            Events
          </Link>
          {emailVerified ? <RoleButton user={user} isSelf={id === self.id} /> : null}
        </>
      }
    >
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="min-w-0 font-medium break-words">{name}</span>
        {role === "admin" ? <Badge tone="accent">Admin</Badge> : null}
        {id === self.id ? <Badge tone="good">You</Badge> : null}
        {emailVerified ? null : <Badge tone="warn">Not confirmed</Badge>}
      </p>
      <p className="text-sm text-soft">
        <span className="break-all">{email}</span> · since {dayText(createdAt)}
      </p>
    </DataRow>
  );
}

/** Gives or takes the role of an admin, once that was confirmed. */
function RoleButton({ user, isSelf }: { readonly user: ListedUser; readonly isSelf: boolean }) {
  const [asking, setAsking] = useState(false);
  const change = useRoleChange(user, isSelf);
  const isAdmin = user.role === "admin";
  const texts = isAdmin ? DEMOTION : PROMOTION;
  return (
    <>
      <Button look="secondary" aria-label={`${texts.action}: ${user.email}`} onClick={() => setAsking(true)}>
        {texts.action}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`${texts.question} ${isSelf ? "you" : user.name}?`}
        description={isSelf ? SELF : texts.description}
        action={texts.action}
        danger={isAdmin}
        onConfirm={() => {
          setAsking(false);
          change(isAdmin ? "owner" : "admin");
        }}
      />
    </>
  );
}

const PROMOTION = {
  action: "Make admin",
  question: "Make an admin of",
  description: "An admin sees every account’s name, address and events, and can make others admins.",
};
const DEMOTION = {
  action: "Remove admin",
  question: "Take the role of an admin from",
  description: "The account stays as it is, but doesn’t see these pages any more.",
};
const SELF = "You won’t see these pages any more, until another admin makes you one again.";
