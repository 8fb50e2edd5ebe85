import { Body } from "@react-email/body";
import { Button } from "@react-email/button";
import { Container } from "@react-email/container";
import { Head } from "@react-email/head";
import { Heading } from "@react-email/heading";
import { Hr } from "@react-email/hr";
import { Html } from "@react-email/html";
import { Link } from "@react-email/link";
import { Preview } from "@react-email/preview";
import { Section } from "@react-email/section";
import { Text } from "@react-email/text";
import type { CSSProperties } from "react";
import type { Message } from "./message.ts";

// Programs that show mails know neither style sheets nor variables; the colours are those of src/styles.css in the light.
const BODY: CSSProperties = { backgroundColor: "#faf8f5", fontFamily: "system-ui, sans-serif", margin: 0 };
const CARD: CSSProperties = {
  backgroundColor: "#ffffff",
  border: "1px solid #e2dbd1",
  borderRadius: 12,
  margin: "32px auto",
  maxWidth: 520,
  padding: "28px 32px",
};
const NAME: CSSProperties = { color: "#b93a0a", fontSize: 14, fontWeight: 700, margin: 0 };
const HEADING: CSSProperties = { color: "#231d18", fontSize: 22, lineHeight: "28px", margin: "8px 0 16px" };
const WORDS: CSSProperties = { color: "#231d18", fontSize: 16, lineHeight: "24px", margin: "0 0 16px" };
const ACTION: CSSProperties = {
  backgroundColor: "#b93a0a",
  borderRadius: 8,
  color: "#ffffff",
  fontSize: 16,
  fontWeight: 600,
  padding: "12px 20px",
};
const LINE: CSSProperties = { borderColor: "#e2dbd1", margin: "24px 0 16px" };
const SMALL: CSSProperties = { color: "#635a50", fontSize: 13, lineHeight: "20px", margin: "0 0 8px" };
const ADDRESS: CSSProperties = { color: "#635a50", overflowWrap: "anywhere" };

/** What every mail looks like. */
export function MailPage({ message }: { readonly message: Message }) {
  const { subject, paragraphs, action, footnote } = message;
  return (
    <Html lang="en">
      <Head>
        <title>{subject}</title>
      </Head>
      <Preview>{paragraphs[0] ?? subject}</Preview>
      <Body style={BODY}>
        <Container style={CARD}>
          <Text style={NAME}>FM5</Text>
          <Heading as="h1" style={HEADING}>
            {subject}
          </Heading>
          {paragraphs.map((paragraph) => (
            <Text key={paragraph} style={WORDS}>
              {paragraph}
            </Text>
          ))}
          {action === undefined ? null : (
            <Section>
              <Button href={action.url} style={ACTION}>
                {action.label}
              </Button>
            </Section>
          )}
          <Hr style={LINE} />
          <Text style={SMALL}>{footnote}</Text>
          {action === undefined ? null : (
            <Text style={SMALL}>
              If the button does nothing:{" "}
              <Link href={action.url} style={ADDRESS}>
                {action.url}
              </Link>
            </Text>
          )}
        </Container>
      </Body>
    </Html>
  );
}
