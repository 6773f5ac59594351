// Signs payloads with the providers' own libraries, as their servers would.
//
// Reads one JSON object a line, {"library": …, "secret": …, "body": …}, and writes one object a line: the query that is
// part of what is signed, and the header fields.

import { createInterface } from "node:readline";

import { Webhooks } from "@octokit/webhooks";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import twilio from "twilio/lib/webhooks/webhooks.js";

const url = "https://hooks.example.test/in/hook";

/** Signs with a library that follows Standard Webhooks, under header names that start with `brand`. */
function spec(Webhook, brand, secret, body) {
  const [id, now] = ["msg_2uE3XlLxVOqOmL9oTq3mzNfTzVn", new Date()];
  return [
    [`${brand}-id`, id],
    [`${brand}-timestamp`, String(Math.floor(now.getTime() / 1000))],
    [`${brand}-signature`, new Webhook(secret).sign(id, now, body)],
  ];
}

/** Signs as Twilio does what is no form: the URL, which holds the hash of the body. */
function signUrl(secret, body) {
  const query = `?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
  return { query, fields: [["X-Twilio-Signature", twilio.getExpectedTwilioSignature(secret, url + query, {})]] };
}

const libraries = {
  "@octokit/webhooks": async (secret, body) => [["X-Hub-Signature-256", await new Webhooks({ secret }).sign(body)]],
  standardwebhooks: (secret, body) => spec(StandardWebhook, "webhook", secret, body),
  stripe: (secret, body) => [["Stripe-Signature", Stripe.webhooks.generateTestHeaderString({ payload: body, secret })]],
  svix: (secret, body) => spec(SvixWebhook, "svix", secret, body),
  twilio: signUrl,
};

for await (const line of createInterface({ input: process.stdin })) {
  const { library, secret, body } = JSON.parse(line);
  const signed = await libraries[library](secret, body);
  console.log(JSON.stringify(Array.isArray(signed) ? { query: "", fields: signed } : signed));
}
