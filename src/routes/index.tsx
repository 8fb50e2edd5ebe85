import { createFileRoute, Link } from "@tanstack/react-router";
import { Features } from "../components/home/features.tsx";
import { QuestionCard } from "../components/home/question-card.tsx";
import { useMayBeSignedIn } from "../components/shell/public-navigation.tsx";
import { PRIMARY, SECONDARY } from "../components/ui/button.tsx";
import { Card } from "../components/ui/card.tsx";
import { Facts } from "../components/ui/facts.tsx";

/** Shows nothing of anybody: it is rendered once for all (src/page-memory.ts). */
export const Route = createFileRoute("/")({
  loader: ({ context: { queryClient, trpc } }) => queryClient.ensureQueryData(trpc.release.queryOptions()),
  component: Home,
});

function Home() {
  const { release, version, environment } = Route.useLoaderData();
  return (
    <div className="space-y-16">
      <section className="grid items-center gap-x-10 gap-y-20 pt-4 md:grid-cols-[3fr_2fr]">
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
            <Entrance />
          </div>
        </div>
        <QuestionCard />
      </section>

      <Features />

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

function Entrance() {
  if (useMayBeSignedIn())
    return (
      <Link to="/dashboard" className={PRIMARY}>
        Open the dashboard
      </Link>
    );
  return (
    <>
      <Link to="/sign-up" className={PRIMARY}>
        Create an account
      </Link>
      <Link to="/sign-in" className={SECONDARY}>
        Sign in
      </Link>
    </>
  );
}
