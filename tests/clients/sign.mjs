// Signs payloads with the providers' own libraries, as their servers would.
//
// Reads one JSON object a line, {"library": …, "secret": …, "body": …}, and writes one array of header fields a line.

import { createInterface } from "node:readline";

import { Webhooks } from "@octokit/webhooks";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";

/** Signs with a library that follows Standard Webhooks, under header names that start with `brand`. */
function spec(Webhook, brand, secret, body) {
  const [id, now] = ["msg_2uE3XlLxVOqOmL9oTq3mzNfTzVn", new Date()];
  return [
    [`${brand}-id`, id],
    [`${brand}-timestamp`, String(Math.floor(now.getTime() / 1000))],
    [`${brand}-signature`, new Webhook(secret).sign(id, now, body)],
  ];
}

const libraries = {
  "@octokit/webhooks": async (secret, body) => [["X-Hub-Signature-256", await new Webhooks({ secret }).sign(body)]],
  standardwebhooks: (secret, body) => spec(StandardWebhook, "webhook", secret, body),
  stripe: (secret, body) => [["Stripe-Signature", Stripe.webhooks.generateTestHeaderString({ payload: body, secret })]],
  svix: (secret, body) => spec(SvixWebhook, "svix", secret, body),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { library, secret, body } = JSON.parse(line);
  console.log(JSON.stringify(await libraries[library](secret, body)));
}
