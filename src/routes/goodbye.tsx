import { createFileRoute } from "@tanstack/react-router";
import { EntryLink, EntryPage } from "../components/entry/entry-page.tsx";

/** Where a browser comes to whose account was deleted. */
export const Route = createFileRoute("/goodbye")({
  head: () => ({ meta: [{ title: "Goodbye · FM5" }] }),
  component: Goodbye,
});

function Goodbye() {
  return (
    <EntryPage
      title="Your account is deleted."
      follows
      footer={
        <>
          Changed your mind? <EntryLink to="/sign-up">Create a new account</EntryLink>
        </>
      }
    >
      <p>
        All of its data is gone, and its files are going. A last mail confirms it. Thank you for having been
        here.
      </p>
    </EntryPage>
  );
}
