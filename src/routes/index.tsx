import { createFileRoute, Link } from "@tanstack/react-router";
import { PRIMARY, SECONDARY } from "../components/ui/button.tsx";
import { Card } from "../components/ui/card.tsx";
import { Facts } from "../components/ui/facts.tsx";
import { loadDeployment } from "../server-functions/deployment.ts";

export const Route = createFileRoute("/")({
  loader: () => loadDeployment(),
  component: Home,
});

const PARTS = [
  {
    name: "Files",
    text: "Sliced models stay with you: stored safely, downloaded byte for byte, seen by nobody else.",
    state: "here today",
  },
  {
    name: "Filament",
    text: "What is on every spool, and what has to be bought before Friday.",
    state: "comes next",
  },
  {
    name: "Slicer settings",
    text: "Which layer height and temperature made the good one, found again a year later.",
    state: "comes next",
  },
  {
    name: "Print queue",
    text: "Whether a print can start, before it stops at ninety percent.",
    state: "comes next",
  },
];

function Home() {
  const { release, version, environment } = Route.useLoaderData();
  return (
    <div className="space-y-14">
      <section className="grid items-center gap-10 md:grid-cols-[3fr_2fr]">
        <div>
          <p className="mb-3 text-sm font-semibold tracking-wide text-accent uppercase">Filament manager</p>
          <h1 className="text-4xl font-bold tracking-tight text-balance sm:text-5xl">
            Know what’s on every spool.
          </h1>
          <p className="mt-5 max-w-prose text-lg text-pretty text-soft">
            FM5 is for small 3D-printing shops. It keeps filament, slicer settings, files and the print queue
            in one place, so that nobody has to remember them.
          </p>
          <div className="mt-8 flex flex-wrap gap-3">
            <Link to="/sign-up" className={PRIMARY}>
              Create an account
            </Link>
            <Link to="/sign-in" className={SECONDARY}>
              Sign in
            </Link>
          </div>
        </div>
        <img src="/spool.svg" alt="" width="256" height="256" className="mx-auto w-44 sm:w-64" />
      </section>

      <section aria-labelledby="parts">
        <h2 id="parts" className="mb-4 text-xl font-bold tracking-tight">
          What it does
        </h2>
        <ul className="grid gap-4 sm:grid-cols-2">
          {PARTS.map(({ name, text, state }) => (
            <li key={name} className="rounded-xl border border-line bg-paper p-5">
              <div className="flex items-baseline justify-between gap-4">
                <h3 className="font-semibold">{name}</h3>
                <span className={`text-sm ${state === "here today" ? "font-medium text-good" : "text-soft"}`}>
                  {state}
                </span>
              </div>
              <p className="mt-2 text-soft">{text}</p>
            </li>
          ))}
        </ul>
      </section>

      <Card title="Answering now">
        <Facts
          facts={[
            ["Release", release],
            ["Version", version],
            ["Environment", environment],
          ]}
        />
      </Card>
    </div>
  );
}
