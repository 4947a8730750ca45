//! Runs the instructions of a template.

use std::borrow::Cow;

use super::expression::{Comparison, Condition, Join, Operand, Output, Test, Variable};
use super::filter::{Filter, MAX_ARGUMENTS};
use super::parser::Node;
use super::val::{Unfit, Val};
use super::{MAX_OUTPUT, Missing, RenderError};
use crate::number;
use crate::time::Timestamp;
use crate::value::{Value, is_invisible};

/// What a template is rendered with.
pub(super) struct Renderer<'t, 'v> {
    pub(super) lookup: &'t dyn Fn(usize) -> Option<&'v Value<'v>>,
    pub(super) missing: Missing,
    pub(super) now: Timestamp,
}

/// A value on its way through the filters.
struct Flow<'e> {
    value: Val<'e>,
    /// The variable that the value was made of.
    origin: Option<usize>,
    /// The first variable that has no value and that no `default` has made good.
    missing: Option<usize>,
    /// The first variable that had any part in it.
    variable: Option<usize>,
}

impl<'t, 'v: 't> Renderer<'t, 'v> {
    pub(super) fn run(&self, nodes: &'t [Node], out: &mut String) -> Result<(), RenderError> {
        let start = out.len();
        // The subjects of the open `case` tags, and whether one of their branches was taken.
        let mut cases: Vec<(Val<'t>, bool)> = Vec::new();
        let mut next = 0;
        while let Some(node) = nodes.get(next) {
            next += 1;
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Output(output) => self.write(output, out)?,
                Node::If { condition, negated, otherwise } => {
                    if self.holds(condition) == *negated {
                        next = *otherwise;
                    }
                }
                Node::Jump(to) => next = *to,
                Node::Case(subject) => {
                    cases.push((self.flow(subject, Missing::Blank)?.value, false))
                }
                Node::When { values, otherwise } => match cases.last_mut() {
                    Some((subject, taken))
                        if values.iter().any(|value| self.is_value(subject, value)) =>
                    {
                        *taken = true;
                    }
                    _ => next = *otherwise,
                },
                Node::CaseElse { otherwise } => {
                    if cases.last().is_some_and(|(_, taken)| *taken) {
                        next = *otherwise;
                    }
                }
                Node::EndCase => {
                    cases.pop();
                }
            }
            if out.len() - start > MAX_OUTPUT {
                return Err(RenderError::TooLong);
            }
        }
        Ok(())
    }

    fn write(&self, output: &'t Output, out: &mut String) -> Result<(), RenderError> {
        let flow = self.flow(output, self.missing)?;
        if self.missing == Missing::Drop
            && let Some(path) = flow.missing
        {
            return Err(RenderError::Missing { path });
        }
        let start = out.len();
        match &flow.value {
            Val::Text(text) => out.push_str(text),
            Val::Number(number) if number.is_finite() => number::write(*number, out),
            value => {
                let text = value.text().map_err(|unfit| error(unfit, &flow))?;
                out.push_str(&text);
            }
        }
        if self.missing == Missing::Drop
            && let Some(path) = flow.variable
            && out.get(start..).is_none_or(|text| text.chars().all(is_invisible))
        {
            return Err(RenderError::Missing { path });
        }
        Ok(())
    }

    fn flow(&self, output: &'t Output, policy: Missing) -> Result<Flow<'t>, RenderError> {
        let (value, path) = self.value(&output.operand);
        let missing = path.filter(|_| value.is_missing());
        let mut flow = Flow { value, origin: path, missing, variable: path };
        for call in &output.filters {
            if call.filter == Filter::Default {
                if flow.value.is_replaced_by_default()
                    || (policy == Missing::Drop && flow.value.is_missing())
                {
                    let (value, path) = call
                        .arguments
                        .first()
                        .map_or_else(Default::default, |argument| self.value(argument));
                    flow.missing = path.filter(|_| value.is_missing());
                    flow.variable = flow.variable.or(path);
                    flow.origin = path;
                    flow.value = value;
                }
                continue;
            }
            let mut arguments: [Val<'t>; MAX_ARGUMENTS] = Default::default();
            for (slot, argument) in arguments.iter_mut().zip(&call.arguments) {
                let (value, path) = self.value(argument);
                flow.missing = flow.missing.or(path.filter(|_| value.is_missing()));
                flow.variable = flow.variable.or(path);
                *slot = value;
            }
            let value = std::mem::take(&mut flow.value);
            match call.filter.apply(value, arguments, self.now) {
                Ok(value) => flow.value = value,
                Err(unfit) => {
                    if policy == Missing::Drop
                        && let Some(path) = flow.missing
                    {
                        return Err(RenderError::Missing { path });
                    }
                    let argument = call.arguments.iter().map(|argument| self.value(argument));
                    let culprit = argument
                        .filter(|(value, _)| value.text() == Err(Unfit::NotText))
                        .find_map(|(_, path)| path);
                    let origin = culprit.or(flow.origin);
                    return Err(error(unfit, &Flow { origin, ..flow }));
                }
            }
        }
        Ok(flow)
    }

    fn holds(&self, condition: &'t Condition) -> bool {
        for test in &condition.tests {
            let holds = self.passes(test);
            match test.join {
                Some(Join::And) if !holds => return false,
                Some(Join::Or) if holds => return true,
                Some(_) => {}
                None => return holds,
            }
        }
        false
    }

    fn passes(&self, test: &'t Test) -> bool {
        let Some((comparison, right)) = &test.comparison else {
            return self.value(&test.left).0.is_truthy();
        };
        match comparison {
            Comparison::Equal => self.are_equal(&test.left, right),
            Comparison::NotEqual => !self.are_equal(&test.left, right),
            Comparison::Contains => self.contains(&test.left, right),
            _ if is_bound(&test.left) || is_bound(right) => false,
            _ => self.value(&test.left).0.compare(*comparison, &self.value(right).0),
        }
    }

    fn are_equal(&self, left: &'t Operand, right: &'t Operand) -> bool {
        match (left, right) {
            (Operand::Blank, Operand::Nil) => true,
            (Operand::Empty | Operand::Blank, Operand::Empty | Operand::Blank) => false,
            (Operand::Nil | Operand::Empty | Operand::Blank, _) => {
                self.is_value(&self.value(right).0, left)
            }
            _ => self.is_value(&self.value(left).0, right),
        }
    }

    /// Whether `value` is what `operand` says: `blank` and `empty` are kinds rather than values.
    fn is_value(&self, value: &Val<'t>, operand: &'t Operand) -> bool {
        match operand {
            Operand::Nil => matches!(value, Val::Nil),
            Operand::Empty => is_empty(value),
            Operand::Blank => {
                value.is_blank() || matches!(value, Val::Bool(false)) || is_empty(value)
            }
            operand => value.equals(&self.value(operand).0),
        }
    }

    fn contains(&self, left: &'t Operand, right: &'t Operand) -> bool {
        let value = self.value(left).0;
        if let Some(length) = value.items() {
            return (0..length).any(|at| self.is_value(&value.item(at), right));
        }
        match (value, self.value(right).0) {
            (_, Val::Nil) => false,
            (Val::Text(text), Val::Text(part)) => text.contains(part.as_ref()),
            (Val::Text(text), part) => {
                part.join(",").is_ok_and(|part| text.contains(part.as_str()))
            }
            _ => false,
        }
    }

    /// The value of an operand, and the variable that it is.
    fn value(&self, operand: &'t Operand) -> (Val<'t>, Option<usize>) {
        match operand {
            Operand::Nil => (Val::Nil, None),
            Operand::Blank | Operand::Empty => (Val::Text(Cow::Borrowed("")), None),
            Operand::Bool(truth) => (Val::Bool(*truth), None),
            Operand::Number(number) => (Val::Number(*number), None),
            Operand::Text(text) => (Val::Text(Cow::Borrowed(text)), None),
            Operand::Variable(Variable { path, tail }) => {
                let value = Val::of((self.lookup)(*path));
                (tail.iter().fold(value, |value, step| value.step(step)), Some(*path))
            }
        }
    }
}

/// Whether it is a word that has no place in an order.
fn is_bound(operand: &Operand) -> bool {
    matches!(operand, Operand::Nil | Operand::Empty | Operand::Blank)
}

fn is_empty(value: &Val<'_>) -> bool {
    match value {
        Val::Text(text) => text.is_empty(),
        Val::Map(Value::Map(members)) => members.is_empty(),
        value => value.items() == Some(0),
    }
}

fn error(unfit: Unfit, flow: &Flow<'_>) -> RenderError {
    match unfit {
        Unfit::NotText => {
            RenderError::NotText { path: flow.origin.or(flow.variable).unwrap_or_default() }
        }
        Unfit::NotFinite => RenderError::NotFinite { path: flow.variable },
        Unfit::TooLong => RenderError::TooLong,
    }
}
