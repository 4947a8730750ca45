//! What a host is told of a destination.

use serde::Serialize;

use crate::destination::{Destination, InputKind};
use crate::event::MAX_DEPTH;
use crate::path::{Path, Step};
use crate::problem::Problem;
use crate::twilio::request::HttpRequest;

/// Every problem of settings, and every warning.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Report {
    /// What must be mended before anything is sent.
    pub problems: Vec<Problem>,
    /// What is legal, but worth a look.
    pub warnings: Vec<Problem>,
}

/// What a host has to know of a destination to hand events over.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct About<'d> {
    /// The paths to read from an event.
    pub event_reads: Vec<Vec<ReadStep<'d>>>,
    /// The paths to read from a row.
    pub row_reads: Vec<Vec<ReadStep<'d>>>,
    /// The paths to read from an event that is sent.
    pub delivery_reads: Vec<Vec<ReadStep<'d>>>,
    /// The paths of an event of which only the shape is told.
    pub event_shapes: Vec<Vec<ReadStep<'d>>>,
    /// The paths of a row of which only the shape is told.
    pub row_shapes: Vec<Vec<ReadStep<'d>>>,
    /// The most bytes an event may have as JSON.
    pub max_event_bytes: usize,
    /// How deep an event may nest.
    pub max_event_depth: usize,
    /// What is the same in every request.
    pub envelope: HttpRequest,
}

/// A step of a path: a property's name, or an array's index.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(untagged)]
pub enum ReadStep<'d> {
    /// A property's name.
    Key(&'d str),
    /// An array's index.
    Index(usize),
}

impl<'d> About<'d> {
    /// What the host of this destination has to know.
    pub fn of(destination: &'d Destination) -> Self {
        let reads = |kind| destination.plan(kind).reads().iter().map(read_steps).collect();
        let shapes = |kind| destination.plan(kind).shapes().iter().map(read_steps).collect();
        Self {
            event_shapes: shapes(InputKind::Event),
            row_shapes: shapes(InputKind::Row),
            event_reads: reads(InputKind::Event),
            delivery_reads: destination
                .delivery_plan(InputKind::Event)
                .reads()
                .iter()
                .map(read_steps)
                .collect(),
            row_reads: reads(InputKind::Row),
            max_event_bytes: destination.max_event_bytes(),
            max_event_depth: MAX_DEPTH,
            envelope: destination.endpoint().request([]),
        }
    }
}

fn read_steps(path: &Path) -> Vec<ReadStep<'_>> {
    let step = |step| match step {
        &Step::Index(index) => ReadStep::Index(index),
        Step::Key(key) => ReadStep::Key(key),
    };
    path.steps().iter().map(step).collect()
}
