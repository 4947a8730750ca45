//! Which of Twilio's hosts takes the request.
//!
//! The rule is that of Twilio's own client libraries: `api[.edge][.region].twilio.com`, and an edge
//! alone means region us1. Hosts with a region but no edge stopped working on 2026-04-28, all but
//! us1 (Twilio, "Legacy regions").

/// The regions that Twilio has or had.
pub const REGIONS: [&str; 8] = ["us1", "ie1", "au1", "br1", "de1", "jp1", "sg1", "us2"];

/// The edge locations by which a region is reached.
pub const EDGES: [&str; 9] = [
    "ashburn",
    "dublin",
    "frankfurt",
    "roaming",
    "sao-paulo",
    "singapore",
    "sydney",
    "tokyo",
    "umatilla",
];

/// The edge that stands beside a region, where Twilio documents one.
pub fn edge_of(region: &str) -> Option<&'static str> {
    match region {
        "au1" => Some("sydney"),
        "ie1" => Some("dublin"),
        "jp1" => Some("tokyo"),
        _ => None,
    }
}

/// The host for a region and an edge that were checked.
pub fn host(region: Option<&str>, edge: Option<&str>) -> String {
    match (edge, region) {
        (None, None) => "api.twilio.com".to_owned(),
        (None, Some(region)) => format!("api.{region}.twilio.com"),
        (Some(edge), region) => format!("api.{edge}.{}.twilio.com", region.unwrap_or("us1")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_built_as_twilios_libraries_build_them() {
        assert_eq!(host(None, None), "api.twilio.com");
        assert_eq!(host(None, Some("dublin")), "api.dublin.us1.twilio.com");
        assert_eq!(host(Some("ie1"), Some("dublin")), "api.dublin.ie1.twilio.com");
        assert_eq!(host(Some("us1"), None), "api.us1.twilio.com");
    }
}
