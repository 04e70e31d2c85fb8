//! How a worker takes what is due, jobs and deliveries alike: it finds the first of it, and puts its
//! lease on what it found.

use crate::{
    Error, Tx,
    value::{Row, Value, fenced, values},
};
use domain::ids::NodeId;
use jiff::Timestamp;

/// The statements that claim one kind of work.
pub(crate) struct Claim {
    pub(crate) due: &'static str,
    pub(crate) due_and_free: &'static str,
    pub(crate) take: &'static str,
}

/// The claim of rows of a table with the columns `bucket`, `id`, `fence` and `lease_owner`, in the order
/// of the index on what they are due by. In `if`, `$1` is the present; `$2` and `$3` are a range of
/// buckets, `$4` is how many are wanted, and what comes after is the condition's own. Of all buckets
/// there is nothing to ask; and no planner may go by the bucket, for few are due and many are in a range.
///
/// How many are wanted is hidden from PostgreSQL, which then expects to need a tenth of what it finds
/// and goes by the order of the index: told of more than its statistics know to be due, it looks at
/// all that is due before it takes the first.
///
/// The fence is compared again: whoever changed the row in between has won it. It says enough: asked
/// once more whether the row is still to be done, PostgreSQL would read all that are.
macro_rules! claim {
    ($table:literal, if: $due:expr, by: $at:literal, then: $then:literal, also: $also:literal,
        columns: $columns:expr) => {{
        macro_rules! due {
            ($lock:literal) => {
                concat!(
                    "select bucket, id, fence from ",
                    $table,
                    " where ",
                    $at,
                    " <= $1 and ($2 <= 0 and $3 >= 4095 or bucket between $2 and $3) and ",
                    $due,
                    " order by ",
                    $at,
                    ", ",
                    $then,
                    " limit (select cast($4 as bigint))",
                    $lock
                )
            };
        }
        $crate::claims::Claim {
            due: due!(""),
            due_and_free: due!(" for update skip locked"),
            take: concat!(
                "update ",
                $table,
                " set lease_owner = $2, ",
                $at,
                " = $3, fence = fence + 1",
                $also,
                " from json_each($1) as due where ",
                $table,
                ".bucket = cast(due.value ->> 'bucket' as smallint) and ",
                $table,
                ".id = unhex(due.value ->> 'id') and ",
                $table,
                ".fence = cast(due.value ->> 'fence' as bigint) returning ",
                $columns
            ),
        }
    }};
}
pub(crate) use claim;

impl Tx {
    /// Takes for `node`, until `lease_until`, what is `due` by the values of the claim's condition.
    pub(crate) async fn take(
        &mut self,
        claim: &Claim,
        due: Vec<Value>,
        node: NodeId,
        lease_until: Timestamp,
    ) -> Result<Vec<Row>, Error> {
        let due = self.rows(self.lock(claim.due, claim.due_and_free), due).await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        self.rows(claim.take, values![fenced(&due)?, node, lease_until]).await
    }
}
