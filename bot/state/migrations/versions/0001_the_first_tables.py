"""the first tables"""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('command_trees',
    sa.Column('application_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('guild_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('tree_hash', sa.String(length=128), nullable=False),
    sa.PrimaryKeyConstraint('application_id', 'guild_id', name=op.f('pk_command_trees'))
    )
    op.create_table('counters',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counters'))
    )
    op.create_table('guild_settings',
    sa.Column('guild_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('private', sa.Boolean(), nullable=False),
    sa.Column('share', sa.String(length=20), nullable=False),
    sa.Column('cooldown_minutes', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=20), nullable=False),
    sa.Column('maintainers_channel', sa.BigInteger(), nullable=True),
    sa.Column('mentions', sa.Boolean(), nullable=False),
    sa.Column('card_updates', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('guild_id', name=op.f('pk_guild_settings'))
    )
    op.create_table('reading_lists',
    sa.Column('guild_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('created', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('guild_id', 'name_key', name=op.f('pk_reading_lists'))
    )
    op.create_table('shared_cards',
    sa.Column('message_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('guild_id', sa.BigInteger(), nullable=False),
    sa.Column('channel_id', sa.BigInteger(), nullable=False),
    sa.Column('content_hash', sa.String(length=128), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('shared_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sharer_tag', sa.String(length=64), nullable=True),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_shared_cards'))
    )
    op.create_index(op.f('ix_shared_cards_channel_id_shared_at'), 'shared_cards', ['channel_id', 'shared_at'])
    op.create_index(op.f('ix_shared_cards_guild_id'), 'shared_cards', ['guild_id'])
    op.create_index(op.f('ix_shared_cards_shared_at'), 'shared_cards', ['shared_at'])
    op.create_table('suggestions',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('created', sa.Date(), nullable=False),
    sa.Column('entry_id', sa.Text(), nullable=True),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('where_wrong', sa.Text(), nullable=True),
    sa.Column('link', sa.Text(), nullable=True),
    sa.Column('contact', sa.Text(), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('closed', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_suggestions'))
    )
    op.create_index(op.f('ix_suggestions_status'), 'suggestions', ['status'])
    op.create_table('bot_channels',
    sa.Column('guild_id', sa.BigInteger(), nullable=False),
    sa.Column('channel_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['guild_id'], ['guild_settings.guild_id'], name=op.f('fk_bot_channels_guild_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guild_id', 'channel_id', name=op.f('pk_bot_channels'))
    )
    op.create_table('card_entries',
    sa.Column('message_id', sa.BigInteger(), nullable=False),
    sa.Column('entry_id', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['shared_cards.message_id'], name=op.f('fk_card_entries_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', 'entry_id', name=op.f('pk_card_entries'))
    )
    op.create_index(op.f('ix_card_entries_entry_id'), 'card_entries', ['entry_id'])
    op.create_table('list_entries',
    sa.Column('guild_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name_key', sa.Text(), nullable=False),
    sa.Column('entry_id', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('added', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['guild_id', 'name_key'], ['reading_lists.guild_id', 'reading_lists.name_key'], name=op.f('fk_list_entries_guild_id_name_key'), onupdate='CASCADE', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('guild_id', 'name_key', 'entry_id', name=op.f('pk_list_entries'))
    )


def downgrade() -> None:
    op.drop_table('list_entries')
    op.drop_table('card_entries')
    op.drop_table('bot_channels')
    op.drop_table('suggestions')
    op.drop_table('shared_cards')
    op.drop_table('reading_lists')
    op.drop_table('guild_settings')
    op.drop_table('counters')
    op.drop_table('command_trees')
