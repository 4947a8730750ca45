//! Settings to a [`Destination`].

use super::{ConsentSlots, Conversion, Destination, IdentitySlots, OriginSlots, Slots};
use crate::delivery;
use crate::event::Plan;
use crate::gates::quiet_hours::Hours;
use crate::gates::{consent, countries};
use crate::mapping::{
    Binder, Defaults, Field, Mapping, QuietHoursPolicy, RecipientPolicy, SenderRoutes,
};
use crate::path::{Path, Step};
use crate::phone::Accept;
use crate::problem::{Problem, ProblemCode, Problems};
use crate::redact::Secret;
use crate::segment_api::Source;
use crate::settings::read::Setting as _;
use crate::settings::{self, Given, MatchPolicy, QuietPolicy, Settings};
use crate::template::Template;
use crate::trigger::Trigger;
use crate::twilio::address::Sender;
use crate::twilio::host;
use crate::twilio::request::Endpoint;
use crate::twilio::sid::MessagingServiceSid;
use crate::value::Value;

/// The event that sends when no mappings are given, and what it says (Datafly's preset).
const PRESET_TRIGGER: &str = "Order Completed";
const PRESET_BODY: &str = "{{ properties.sms_body }}";

/// What is wrong with settings. Nothing can be sent with them.
#[derive(Clone, Debug)]
pub struct SettingsError {
    /// Every problem, in the order of the settings.
    pub problems: Vec<Problem>,
    /// What is legal, but worth a look.
    pub warnings: Vec<Problem>,
}

impl Destination {
    /// Compiles settings.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] holds every problem at once.
    pub fn compile(settings: &Value<'_>) -> Result<Self, SettingsError> {
        let mut problems = Problems::default();
        let read = Settings::read(settings, &Path::default(), &mut problems);
        if let Some(read) = &read {
            settings::check(read, &mut problems);
        }
        let Problems { errors, warnings } = problems;
        match read.filter(|_| errors.is_empty()).and_then(|settings| build(settings, &warnings)) {
            Some(destination) => Ok(destination),
            None if errors.is_empty() => Err(SettingsError {
                problems: vec![Problem {
                    code: ProblemCode::SettingRequired,
                    path: "$".to_owned(),
                    cause: "the settings lack something that is required".to_owned(),
                    fix: ProblemCode::SettingRequired.fix().to_owned(),
                }],
                warnings,
            }),
            None => Err(SettingsError { problems: errors, warnings }),
        }
    }
}

fn build(settings: Settings, warnings: &[Problem]) -> Option<Destination> {
    let endpoint = endpoint(&settings)?;
    let mut events = Plan::default();
    let mut rows = Plan::default();
    let consent = consent_policy(&settings);
    let slots = slots(&settings, &mut events);
    let senders = sender_routes(&settings);
    let account = settings.account_sid.as_ref()?.as_str().to_owned();
    let policy = delivery::Policy::new(&settings, &account);
    let mut binder = Binder::for_events(&mut events);
    let webhook_tokens = webhook_tokens(&settings);
    let integration = integration(&settings).to_owned();
    let default_message = settings.default_message.map(|given| {
        let field = |given, binder: &mut Binder<'_>| {
            Field::new(given, "$.default_message".to_owned(), binder)
        };
        // Events and rows are read by plans of their own, so each needs its own look-ups.
        (field(given.clone(), &mut binder), field(given, &mut Binder::for_rows(&mut rows)))
    });
    let (event_message, row_message) = default_message.unzip();
    let quiet_hours = quiet_hours(settings.quiet_hours.as_ref());
    let has_quiet_hours = quiet_hours.is_some();
    let mappings = settings.mappings.map_or_else(preset, |list| list.0);
    let has_one_sender = senders.by_country.is_empty()
        && !mappings.iter().any(|mapping| {
            mapping.base.from.is_some() || mapping.base.messaging_service_sid.is_some()
        });
    let mappings = mappings
        .into_iter()
        .enumerate()
        .map(|(index, mapping)| {
            let number = (index + 1).to_string();
            let name = mapping.base.name.as_ref().map_or(number, |name| name.0.clone());
            let at = format!("$.mappings[{index}]");
            Mapping::new(mapping, name, &at, has_quiet_hours, &mut binder)
        })
        .collect::<Vec<Mapping>>();
    let key = |name: &str| Path::from_steps(vec![Step::Key(name.to_owned())]);
    let users = mappings
        .iter()
        .any(Mapping::watches)
        .then(|| ["userId", "anonymousId"].map(|name| binder.slot(&key(name))));
    let traits = binder.into_traits();
    let reports = settings.segment.is_some();
    let row_user = (reports || policy.resends > 0)
        .then(|| ["user_id", "anonymous_id"].map(|name| rows.slot(&key(name))));
    let row = settings.row.map(|row| row.0).unwrap_or_default();
    let row = Mapping::for_rows(row, has_quiet_hours, &mut Binder::for_rows(&mut rows));
    let mut deliveries = events.clone();
    let identity = identity_slots(&mut deliveries, reports);
    let conversions = settings.conversions.map(|list| list.0).unwrap_or_default();
    let mut binder = Binder::for_events(&mut deliveries);
    let conversions = conversions
        .into_iter()
        .enumerate()
        .filter_map(|(index, given)| Conversion::new(given, index, &mut binder))
        .collect();
    let credentials = delivery::fingerprint(&policy, endpoint.authorization());
    let region_policy = settings.countries.unwrap_or_default();
    Some(Destination {
        enabled: settings.enabled.unwrap_or(true),
        endpoint,
        request_timeout_ms: settings
            .request_timeout_ms
            .and_then(|limit| u32::try_from(limit.0).ok())
            .unwrap_or(30_000),
        max_event_bytes: settings
            .max_event_bytes
            .and_then(|limit| usize::try_from(limit.0).ok())
            .unwrap_or(32_768),
        all_matches: settings.matching == Some(MatchPolicy::All),
        consent,
        defaults: Defaults {
            senders,
            event_message,
            row_message,
            status_callback: settings.status_callback.map(|url| url.0),
            recipients: RecipientPolicy {
                default_region: settings.default_region,
                accept: settings.accept.map_or(Accept::Possible, Accept::from),
                countries: countries::Policy {
                    allow: region_policy.allow.map(|list| list.0),
                    deny: region_policy.deny.map(|list| list.0).unwrap_or_default(),
                },
                only_to: settings
                    .only_to
                    .map(|list| list.0.into_iter().map(|recipient| recipient.0).collect()),
            },
            strict: settings.strict.unwrap_or(false),
            min_schedule_lead: settings.min_schedule_lead_seconds.map_or(900, |lead| lead.0)
                * 1_000,
            quiet_hours,
        },
        mappings,
        row,
        events: events.finish(),
        rows: rows.finish(),
        slots,
        deliveries: deliveries.finish(),
        identity,
        row_user,
        conversions,
        traits,
        users,
        policy,
        credentials,
        has_one_sender,
        webhook_tokens,
        segment: settings.segment.and_then(|source| Source::new(source, integration)),
        warnings: warnings.to_vec(),
    })
}

fn endpoint(settings: &Settings) -> Option<Endpoint> {
    let account = settings.account_sid.as_ref()?;
    let region = settings.region.as_ref().map(|region| region.0);
    let edge = settings.edge.as_ref().map(|edge| edge.0);
    let host = host::host(region, edge);
    let (user, password): (&str, &Secret) =
        match (&settings.api_key_sid, &settings.api_key_secret, &settings.auth_token) {
            (Some(key), Some(secret), _) => (key.as_str(), &secret.0),
            (_, _, Some(token)) => (account.as_str(), &token.0),
            _ => return None,
        };
    Some(Endpoint::new(&host, account, user, password))
}

fn consent_policy(settings: &Settings) -> consent::Policy {
    let consent = settings.consent.as_ref();
    let categories = consent.and_then(|consent| consent.categories.as_ref());
    consent::Policy {
        categories: categories
            .map(|list| list.0.iter().map(|name| name.0.clone()).collect())
            .unwrap_or_default(),
        require: consent.and_then(|consent| consent.require).unwrap_or(true),
    }
}

/// What this destination is called in an event's integrations object.
fn integration(settings: &Settings) -> &str {
    let name = settings.consent.as_ref().and_then(|consent| consent.integration.as_ref());
    name.map_or("Twilio", |name| name.0.as_str())
}

/// The tokens that verify webhooks.
fn webhook_tokens(settings: &Settings) -> Vec<Secret> {
    let tokens = settings.webhook_auth_tokens.iter().flat_map(|list| &list.0);
    let tokens: Vec<_> = tokens.map(|token| token.0.clone()).collect();
    if tokens.is_empty() {
        settings.auth_token.iter().map(|token| token.0.clone()).collect()
    } else {
        tokens
    }
}

fn quiet_hours(settings: Option<&settings::QuietHours>) -> Option<QuietHoursPolicy> {
    let settings = settings?;
    let (from, to) = settings.times();
    Some(QuietHoursPolicy {
        hours: Hours::new(from, to)?,
        then: settings.then.unwrap_or(QuietPolicy::Drop),
        default_zone: settings.default_time_zone,
    })
}

fn slots(settings: &Settings, plan: &mut Plan) -> Slots {
    let path = |names: &[&str]| {
        Path::from_steps(names.iter().map(|name| Step::Key((*name).to_owned())).collect())
    };
    let consent = settings.consent.as_ref();
    let name = integration(settings);
    let categories = consent.and_then(|consent| consent.categories.as_ref());
    let categories = categories.map(|list| list.0.as_slice()).unwrap_or_default();
    let preferences = ["context", "consent", "categoryPreferences"];
    let consent = (!categories.is_empty()).then(|| ConsentSlots {
        consent: plan.shape_slot(&path(&["context", "consent"])),
        preferences: plan.shape_slot(&path(&preferences)),
        categories: categories
            .iter()
            .map(|category| plan.slot(&path(&preferences).join(Step::Key(category.0.clone()))))
            .collect(),
    });
    Slots {
        kind: plan.slot(&path(&["type"])),
        consent,
        integration: plan.slot(&path(&["integrations", name])),
        all_integrations: plan.slot(&path(&["integrations", "All"])),
    }
}

fn identity_slots(plan: &mut Plan, reports: bool) -> IdentitySlots {
    let at = |names: &[&str]| {
        Path::from_steps(names.iter().map(|name| Step::Key((*name).to_owned())).collect())
    };
    let origin = reports.then(|| OriginSlots {
        event: plan.slot(&at(&["event"])),
        campaign: plan.slot(&at(&["context", "campaign"])),
    });
    let mut slot = |name: &str| plan.slot(&at(&[name]));
    IdentitySlots {
        kind: slot("type"),
        message_id: slot("messageId"),
        user_id: slot("userId"),
        anonymous_id: slot("anonymousId"),
        previous_id: slot("previousId"),
        timestamp: slot("timestamp"),
        origin,
    }
}

fn sender_routes(settings: &Settings) -> SenderRoutes {
    let choose = |from: &Option<Sender>, service: &Option<MessagingServiceSid>, at: &str| {
        let service = service.as_ref().map(|sid| {
            (Sender::MessagingService(sid.clone()), format!("{at}.messaging_service_sid"))
        });
        service.or_else(|| from.as_ref().map(|from| (from.clone(), format!("{at}.from"))))
    };
    let by_country = settings.senders.iter().flat_map(|list| &list.0).enumerate();
    SenderRoutes {
        by_country: by_country
            .filter_map(|(index, route)| {
                let at = format!("$.senders[{index}]");
                let (sender, setting) = choose(&route.from, &route.messaging_service_sid, &at)?;
                Some((route.countries.as_ref()?.0.clone(), sender, setting))
            })
            .collect(),
        other: choose(&settings.from, &settings.messaging_service_sid, "$"),
    }
}

/// What applies when no mappings are given: one event sends, so that nothing else is billed.
fn preset() -> Vec<settings::Mapping> {
    let mut mapping = settings::Mapping::default();
    mapping.base.name = Some(settings::Name(PRESET_TRIGGER.to_owned()));
    mapping.base.trigger = Trigger::parse(PRESET_TRIGGER).ok();
    mapping.base.body = Template::parse(PRESET_BODY).ok().map(Given::Template);
    vec![mapping]
}
