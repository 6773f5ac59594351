//! Where each scheme's proof and signing time stand, as its provider's page says: literals, so that nothing here is read
//! from the code that is judged.

/// A place in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The value of a header field.
    Header(&'static str),
    /// The value of a query parameter.
    Query(&'static str),
    /// The first member of a JSON body with this name, a text or a number.
    Member(&'static str),
    /// Digits behind this key, in the proof's own field.
    InProof(&'static str),
}

/// How much of the body a proof covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Covers {
    /// All of it.
    All,
    /// The member with the cipher text.
    Encrypted,
    /// None: who has seen one request may send any body. The page of each such preset says so.
    Nothing,
}

/// One scheme.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// As the published cases call it; where there are none, the preset.
    pub(super) scheme: &'static str,
    pub(super) proof: Place,
    pub(super) time: Option<Place>,
    /// Seconds that a signed time may be off; `None` where the sender sets no bound.
    pub(super) tolerance: Option<i64>,
    pub(super) covers: Covers,
    pub(super) is_token: bool,
    /// Whether the URL that was called is signed.
    pub(super) signs_url: bool,
    /// The field with the id, where that is signed.
    pub(super) id: Option<&'static str>,
}

const fn of(scheme: &'static str, proof: Place) -> Spot {
    Spot {
        scheme,
        proof,
        time: None,
        tolerance: None,
        covers: Covers::All,
        is_token: false,
        signs_url: false,
        id: None,
    }
}

const fn header(scheme: &'static str, name: &'static str) -> Spot {
    of(scheme, Place::Header(name))
}

const fn token(scheme: &'static str, proof: Place) -> Spot {
    Spot { is_token: true, covers: Covers::Nothing, ..of(scheme, proof) }
}

impl Spot {
    const fn timed(self, time: Place, tolerance: Option<i64>) -> Self {
        Self { time: Some(time), tolerance, ..self }
    }

    const fn covering(self, covers: Covers) -> Self {
        Self { covers, ..self }
    }

    const fn with_url(self) -> Self {
        Self { signs_url: true, ..self }
    }

    const fn with_id(self, id: &'static str) -> Self {
        Self { id: Some(id), ..self }
    }
}

pub(super) const SPOTS: [Spot; 44] = [
    header("github", "x-hub-signature-256"),
    header("github-sha1", "x-hub-signature"),
    token("gitlab-token", Place::Header("x-gitlab-token")),
    header("gitlab-signing", "webhook-signature")
        .timed(Place::Header("webhook-timestamp"), Some(300))
        .with_id("webhook-id"),
    header("bitbucket", "x-hub-signature"),
    header("jira", "x-hub-signature"),
    header("gitea", "x-gitea-signature"),
    header("Forgejo", "x-forgejo-signature"),
    header("slack", "x-slack-signature").timed(Place::Header("x-slack-request-timestamp"), Some(300)),
    header("discord", "x-signature-ed25519").timed(Place::Header("x-signature-timestamp"), None),
    header("stripe", "stripe-signature").timed(Place::InProof("t="), Some(300)),
    header("shopify", "x-shopify-hmac-sha256"),
    header("square", "x-square-hmacsha256-signature"),
    header("paddle", "paddle-signature").timed(Place::InProof("ts="), Some(5)),
    header("WooCommerce", "x-wc-webhook-signature"),
    header("Razorpay", "x-razorpay-signature"),
    header("LemonSqueezy", "x-signature"),
    header("standard-webhooks", "webhook-signature")
        .timed(Place::Header("webhook-timestamp"), Some(300))
        .with_id("webhook-id"),
    header("standard-webhooks-v1a", "webhook-signature")
        .timed(Place::Header("webhook-timestamp"), Some(300))
        .with_id("webhook-id"),
    header("svix", "webhook-signature").timed(Place::Header("webhook-timestamp"), Some(300)).with_id("webhook-id"),
    header("twilio", "x-twilio-signature").with_url(),
    header("sendgrid", "x-twilio-email-event-webhook-signature")
        .timed(Place::Header("x-twilio-email-event-webhook-timestamp"), None),
    of("mailgun", Place::Member("signature")).timed(Place::Member("timestamp"), Some(300)).covering(Covers::Nothing),
    header("meta", "x-hub-signature-256"),
    header("zoom", "x-zm-signature").timed(Place::Header("x-zm-request-timestamp"), Some(300)),
    header("pagerduty", "x-pagerduty-signature"),
    header("linear", "linear-signature").timed(Place::Member("webhookTimestamp"), Some(60)),
    header("sentry", "sentry-hook-signature"),
    header("typeform", "typeform-signature"),
    header("intercom", "x-hub-signature"),
    header("hubspot-v1", "x-hubspot-signature"),
    header("hubspot-v2", "x-hubspot-signature").with_url(),
    header("hubspot-v3", "x-hubspot-signature-v3")
        .timed(Place::Header("x-hubspot-request-timestamp"), Some(300))
        .with_url(),
    header("CircleCI", "circleci-signature"),
    header("Vercel", "x-vercel-signature"),
    header("Doppler", "x-doppler-signature"),
    header("WorkOS", "workos-signature").timed(Place::InProof("t="), Some(300)),
    token("azure-event-grid", Place::Query("code")),
    token("ms-graph", Place::Member("clientState")),
    token("cloudevents", Place::Header("authorization")),
    header("dingtalk-robot", "sign").timed(Place::Header("timestamp"), Some(3_600)).covering(Covers::Nothing),
    of("wecom", Place::Query("msg_signature"))
        .timed(Place::Query("timestamp"), Some(3_600))
        .covering(Covers::Encrypted),
    of("wechat-mp", Place::Query("signature")).timed(Place::Query("timestamp"), Some(3_600)).covering(Covers::Nothing),
    header("feishu", "x-lark-signature").timed(Place::Header("x-lark-request-timestamp"), Some(3_600)),
];
