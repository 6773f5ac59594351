//! Who trusts whom on the control channel: the installation's authority, kept in a Secret of the operator's namespace,
//! signs what each gateway and the operator itself show. Certificates are made anew two thirds through their life.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boathook_operator_core::apply::Observed;
use boathook_operator_core::desired::{ChannelFiles, FIELD_MANAGER};
use boathook_operator_core::object::ObjectKey;
use boathook_plan::secret::Secret as SecretBytes;
use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::PostParams;
use kube::{Api, Client};

use crate::channel::Dialer;
use crate::channel::certificates::{Authority, Issued, Validity};
use crate::error::OperatorError;

/// The Secret with the authority.
const NAME: &str = "boathook-channel-authority";

/// What the Secrets hold: a certificate, its key, the authority's certificate, and from when until when it is valid.
const CERTIFICATE: &str = "tls.crt";
const KEY: &str = "tls.key";
const AUTHORITY: &str = "ca.crt";
const FROM: &str = "valid-from";
const UNTIL: &str = "valid-until";

/// The installation's authority.
#[derive(Debug)]
pub struct Trust {
    authority: Authority,
    certificate: String,
    /// What was made for each gateway and may not be seen in its Secret yet.
    made: Mutex<BTreeMap<ObjectKey, ChannelFiles>>,
}

impl Trust {
    /// The authority that is kept, or a new one. Of two replicas that begin at one time, one makes it.
    pub async fn establish(client: Client, namespace: &str) -> Result<Self, OperatorError> {
        let api = Api::<Secret>::namespaced(client, namespace);
        let failed = |what: &str| {
            let what = format!("{what} the Secret {NAME}");
            move |source| OperatorError::Api { what, source: Box::new(source) }
        };
        loop {
            if let Some(secret) = api.get_opt(NAME).await.map_err(failed("read"))? {
                let kept = issued(|name| Some(SecretBytes::new(secret.data.as_ref()?.get(name)?.0.clone())));
                let kept = kept.ok_or_else(|| {
                    OperatorError::Usage(format!(
                        "the Secret {NAME} of namespace {namespace} holds no authority: delete it"
                    ))
                })?;
                return Ok(Self {
                    authority: Authority::of(&kept)?,
                    certificate: kept.certificate,
                    made: Mutex::default(),
                });
            }
            let (_, kept) = Authority::generate(Timestamp::now())?;
            match api
                .create(
                    &PostParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PostParams::default() },
                    &secret(&kept),
                )
                .await
            {
                Ok(_) => {}
                // The other replica was faster.
                Err(kube::Error::Api(status)) if status.code == 409 => {}
                Err(error) => return Err(failed("make")(error)),
            }
        }
    }

    /// Dials gateways in the operator's name, and until when it may.
    pub fn dialer(&self) -> Result<(Dialer, Timestamp), OperatorError> {
        let own = self.authority.operator(Timestamp::now())?;
        Ok((Dialer::new(&self.certificate, &own)?, own.validity.renewal()))
    }

    /// The files of a gateway: those that are kept while they are good, else new ones.
    pub fn files(&self, gateway: &ObjectKey, kept: Option<&Observed>) -> Option<ChannelFiles> {
        let now = Timestamp::now();
        let is_good = |files: &ChannelFiles| {
            let issued = issued(|name| files.get(name).cloned());
            let is_ours = files.get(AUTHORITY).is_some_and(|own| own.expose() == self.certificate.as_bytes());
            is_ours && issued.is_some_and(|issued| !issued.validity.is_due(now))
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.and_then(files).filter(is_good) {
            made.remove(gateway);
            return Some(kept);
        }
        if let Some(made) = made.get(gateway).filter(|files| is_good(files)) {
            return Some(made.clone());
        }
        match self.authority.gateway(gateway, now) {
            Ok(issued) => {
                let files = self.with_authority(&issued);
                made.insert(gateway.clone(), files.clone());
                Some(files)
            }
            Err(error) => {
                tracing::error!(%gateway, %error, "a gateway's certificate cannot be made");
                None
            }
        }
    }

    fn with_authority(&self, issued: &Issued) -> ChannelFiles {
        let authority = SecretBytes::new(self.certificate.clone().into_bytes());
        entries(issued).into_iter().chain([(AUTHORITY.to_owned(), authority)]).collect()
    }
}

/// What is kept of a certificate.
fn entries(issued: &Issued) -> BTreeMap<String, SecretBytes> {
    let text = |text: String| SecretBytes::new(text.into_bytes());
    [
        (CERTIFICATE.to_owned(), text(issued.certificate.clone())),
        (KEY.to_owned(), issued.key.clone()),
        (FROM.to_owned(), text(issued.validity.from.to_string())),
        (UNTIL.to_owned(), text(issued.validity.until.to_string())),
    ]
    .into()
}

/// A certificate that was kept.
fn issued(entry: impl Fn(&str) -> Option<SecretBytes>) -> Option<Issued> {
    let text = |name: &str| String::from_utf8(entry(name)?.expose().to_vec()).ok();
    let time = |name: &str| text(name)?.parse::<Timestamp>().ok();
    let validity = Validity { from: time(FROM)?, until: time(UNTIL)? };
    Some(Issued { certificate: text(CERTIFICATE)?, key: entry(KEY)?, validity })
}

/// The files of a Secret as it is seen.
fn files(observed: &Observed) -> Option<ChannelFiles> {
    let data = observed.body.get("data")?.as_object()?;
    let decode = |text: &serde_json::Value| STANDARD.decode(text.as_str()?).ok().map(SecretBytes::new);
    data.iter().map(|(name, text)| Some((name.clone(), decode(text)?))).collect()
}

fn secret(kept: &Issued) -> Secret {
    let data = entries(kept).into_iter().map(|(name, value)| (name, ByteString(value.expose().to_vec())));
    Secret {
        metadata: ObjectMeta { name: Some(NAME.to_owned()), ..ObjectMeta::default() },
        type_: Some("Opaque".to_owned()),
        data: Some(data.collect()),
        ..Secret::default()
    }
}
