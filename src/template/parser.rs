//! Reads a template into instructions that run from the first to the last, jumping forward only.

use super::cursor::{Cursor, is_blank};
use super::error::Fault;
use super::expression::{self, Condition, Operand, Output, Paths};
use super::pieces::{Piece, cut};
use crate::path::Path;

/// One instruction. `otherwise` is the instruction to go on with if it does not hold.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Text(String),
    Output(Output),
    If { condition: Condition, negated: bool, otherwise: usize },
    Jump(usize),
    Case(Output),
    When { values: Vec<Operand>, otherwise: usize },
    CaseElse { otherwise: usize },
    EndCase,
}

#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) nodes: Vec<Node>,
    pub(super) paths: Vec<Path>,
}

pub(super) fn parse(source: &str) -> Result<Parsed, Fault> {
    if source.len() > super::MAX_SOURCE {
        return Err(Fault::new(0, "a template may be at most 10000 bytes long"));
    }
    let mut parser = Parser::default();
    for piece in cut(source)? {
        parser.piece(piece)?;
    }
    parser.finish()
}

const TAGS: [&str; 11] = [
    "if",
    "elsif",
    "else",
    "endif",
    "unless",
    "endunless",
    "case",
    "when",
    "endcase",
    "comment",
    "endcomment",
];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    If,
    Unless,
    Case,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::If => "if",
            Self::Unless => "unless",
            Self::Case => "case",
        }
    }
}

/// A tag whose end has not been read yet.
#[derive(Debug)]
struct Block {
    kind: Kind,
    at: usize,
    /// The instruction whose `otherwise` leads to the next branch.
    branch: Option<usize>,
    /// The jumps that lead to the end.
    jumps: Vec<usize>,
    has_else: bool,
}

#[derive(Debug, Default)]
struct Parser {
    nodes: Vec<Node>,
    paths: Paths,
    blocks: Vec<Block>,
    /// The last instruction that another one leads to.
    target: usize,
    /// Where the comment began that is being skipped.
    comment: Option<usize>,
}

impl Parser {
    fn piece(&mut self, piece: Piece<'_>) -> Result<(), Fault> {
        let is_target = self.target == self.nodes.len();
        match piece {
            Piece::Tag { name: "endcomment", .. } if self.comment.is_some() => self.comment = None,
            _ if self.comment.is_some() => {}
            Piece::Text("") => {}
            Piece::Text(text) if self.expects_when() => {
                if !text.trim_matches(is_blank).is_empty() {
                    return Err(self.lost_before_when());
                }
            }
            Piece::Text(text) => match self.nodes.last_mut() {
                Some(Node::Text(before)) if !is_target => before.push_str(text),
                _ => self.nodes.push(Node::Text(text.to_owned())),
            },
            Piece::Output { at, .. } if self.expects_when() => {
                return Err(Fault::new(at, "expected `{% when … %}` after `case`"));
            }
            Piece::Output { content, at } => {
                let output = expression::output(&mut Cursor::new(content, at), &mut self.paths)?;
                self.nodes.push(Node::Output(output));
            }
            Piece::Tag { name, name_at, rest, at } => {
                self.tag(name, name_at, Cursor::new(rest, at))?;
            }
        }
        Ok(())
    }

    fn tag(&mut self, name: &str, at: usize, mut arguments: Cursor<'_>) -> Result<(), Fault> {
        self.paths.count(at)?;
        if self.expects_when() && matches!(name, "if" | "unless" | "case") {
            return Err(Fault::new(at, "expected `{% when … %}` after `case`"));
        }
        match name {
            "comment" => self.comment = Some(at),
            "if" => self.open(Kind::If, at, arguments)?,
            "unless" => self.open(Kind::Unless, at, arguments)?,
            "case" => self.open(Kind::Case, at, arguments)?,
            "elsif" => {
                self.next_branch(at, name, &[Kind::If, Kind::Unless])?;
                let condition = expression::condition(&mut arguments, &mut self.paths)?;
                self.branch(Node::If { condition, negated: false, otherwise: 0 });
            }
            "when" => {
                self.next_branch(at, name, &[Kind::Case])?;
                let values = expression::values(&mut arguments, &mut self.paths)?;
                self.branch(Node::When { values, otherwise: 0 });
            }
            "else" => {
                nothing(&mut arguments, name)?;
                self.next_branch(at, name, &[Kind::If, Kind::Unless, Kind::Case])?;
                let is_case = self.blocks.last().is_some_and(|block| block.kind == Kind::Case);
                if is_case {
                    self.branch(Node::CaseElse { otherwise: 0 });
                }
                if let Some(block) = self.blocks.last_mut() {
                    block.has_else = true;
                }
            }
            "endif" => self.close(Kind::If, at, name, arguments)?,
            "endunless" => self.close(Kind::Unless, at, name, arguments)?,
            "endcase" => self.close(Kind::Case, at, name, arguments)?,
            "endcomment" => return Err(Fault::new(at, "no `comment` is open here")),
            _ => return Err(Fault::unknown(at, "tag", name, TAGS.into_iter())),
        }
        Ok(())
    }

    fn open(&mut self, kind: Kind, at: usize, mut arguments: Cursor<'_>) -> Result<(), Fault> {
        if self.blocks.len() >= super::MAX_DEPTH {
            return Err(Fault::new(at, "tags are nested more than 16 deep"));
        }
        self.blocks.push(Block { kind, at, branch: None, jumps: Vec::new(), has_else: false });
        if kind == Kind::Case {
            let subject = expression::output(&mut arguments, &mut self.paths)?;
            self.nodes.push(Node::Case(subject));
        } else {
            let condition = expression::condition(&mut arguments, &mut self.paths)?;
            let negated = kind == Kind::Unless;
            self.branch(Node::If { condition, negated, otherwise: 0 });
        }
        Ok(())
    }

    /// Ends the branch before `name`, one of the tags that may stand in the middle of a block.
    fn next_branch(&mut self, at: usize, name: &str, kinds: &[Kind]) -> Result<(), Fault> {
        let Some(block) = self.blocks.last_mut().filter(|block| kinds.contains(&block.kind)) else {
            return Err(self.misplaced(at, name));
        };
        if block.has_else {
            return Err(Fault::new(at, format!("`{name}` may not follow `else`")));
        }
        // All branches of a `case` that hold are taken; of the others only the first.
        if block.kind != Kind::Case {
            block.jumps.push(self.nodes.len());
            self.nodes.push(Node::Jump(0));
        }
        self.end_branch();
        Ok(())
    }

    fn close(
        &mut self,
        kind: Kind,
        at: usize,
        name: &str,
        mut arguments: Cursor<'_>,
    ) -> Result<(), Fault> {
        nothing(&mut arguments, name)?;
        self.end_branch();
        let Some(block) = self.blocks.pop_if(|block| block.kind == kind) else {
            return Err(self.misplaced(at, name));
        };
        if kind == Kind::Case {
            self.nodes.push(Node::EndCase);
        }
        let end = self.nodes.len();
        self.target = end;
        for jump in block.jumps {
            if let Some(Node::Jump(to)) = self.nodes.get_mut(jump) {
                *to = end;
            }
        }
        Ok(())
    }

    fn branch(&mut self, node: Node) {
        if let Some(block) = self.blocks.last_mut() {
            block.branch = Some(self.nodes.len());
        }
        self.nodes.push(node);
    }

    /// Lets the branch that ends here lead on to what comes now, if it does not hold.
    fn end_branch(&mut self) {
        let next = self.nodes.len();
        self.target = next;
        let branch = self.blocks.last_mut().and_then(|block| block.branch.take());
        if let Some(
            Node::If { otherwise, .. }
            | Node::When { otherwise, .. }
            | Node::CaseElse { otherwise },
        ) = branch.and_then(|branch| self.nodes.get_mut(branch))
        {
            *otherwise = next;
        }
    }

    /// Whether the innermost block is a `case` before its first branch, where nothing is rendered.
    fn expects_when(&self) -> bool {
        self.blocks.last().is_some_and(|block| block.kind == Kind::Case && block.branch.is_none())
    }

    fn lost_before_when(&self) -> Fault {
        let at = self.blocks.last().map_or(0, |block| block.at);
        Fault::new(at, "text between `case` and its first `when` would never be shown")
    }

    fn misplaced(&self, at: usize, name: &str) -> Fault {
        match self.blocks.last() {
            Some(block) => {
                let kind = block.kind.name();
                Fault::new(at, format!("`{name}` does not belong to the open `{kind}`"))
                    .hint(format!("`{kind}` is closed by `{{% end{kind} %}}`"))
            }
            None => Fault::new(at, format!("`{name}` stands outside of every block")),
        }
    }

    fn finish(self) -> Result<Parsed, Fault> {
        let open = self.blocks.last().map(|block| (block.at, block.kind.name()));
        if let Some((at, name)) = self.comment.map(|at| (at, "comment")).or(open) {
            return Err(Fault::new(at, format!("`{name}` is not closed by `{{% end{name} %}}`")));
        }
        Ok(Parsed { nodes: self.nodes, paths: self.paths.paths })
    }
}

fn nothing(arguments: &mut Cursor<'_>, name: &str) -> Result<(), Fault> {
    if arguments.is_at_end() {
        return Ok(());
    }
    let fault = Fault::new(arguments.at(), format!("`{name}` takes no arguments"));
    Err(if name == "else" && arguments.peek_word() == "if" {
        fault.hint("did you mean `elsif`?")
    } else {
        fault
    })
}
