//! Secrets and marks of the installation.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::entity::setting::{ActiveModel, Column, Entity};
use crate::{Store, StoreError};

impl Store {
    /// The value of a setting; `fresh` is stored and given when there is none yet. Of several
    /// replicas that start at once all get the same.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn setting_or(&self, name: &str, fresh: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let row = ActiveModel { name: Set(name.to_owned()), value: Set(fresh) };
        let keep_first = OnConflict::column(Column::Name).do_nothing().to_owned();
        Entity::insert(row).on_conflict(keep_first).exec_without_returning(&self.pool).await?;
        let found = Entity::find_by_id(name.to_owned()).one(&self.pool).await?;
        found.map(|row| row.value).ok_or_else(|| StoreError::corrupt("setting", name))
    }
}
